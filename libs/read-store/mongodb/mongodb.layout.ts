import type { MongoBatches } from './mongodb.batches';
import { PROJECTIONS } from './mongodb.catalog';
import type { MongoConnection } from './mongodb.connection';
import { corruptStore, incompatibleLayout, isNotThere, isRefusal } from './mongodb.errors';
import type { SearchIndex } from './mongodb.search';

const LAYOUT_COLLECTION = 'ledgerdesk.layout';
const TRIAL_COLLECTION = 'ledgerdesk.text-search';

/** Of the collections of this adapter; another build may have another. */
const LAYOUT = 1;

interface LayoutNote {
  readonly _id: 'read-store';
  readonly layout: number;
}

/**
 * Lays out an empty database, and refuses one of another layout.
 *
 * @throws LedgerdeskError `incompatible.read-store`, `unavailable.*`
 */
export async function checkLayout(
  connection: MongoConnection,
  batches: MongoBatches,
): Promise<void> {
  const notes = connection.collection<LayoutNote>(LAYOUT_COLLECTION);
  const read = (): Promise<LayoutNote | null> =>
    connection.reading(() => notes.findOne({ _id: 'read-store' }));
  let note = await read();
  if (note === null) {
    await batches.layOut();
    await connection.writing(() =>
      notes.updateOne(
        { _id: 'read-store' },
        { $setOnInsert: { layout: LAYOUT } },
        { upsert: true },
      ),
    );
    note = await read();
  }
  if (note === null) throw corruptStore(connection.place, 'its layout is not kept');
  if (note.layout !== LAYOUT) throw incompatibleLayout(connection.place, note.layout, LAYOUT);
}

/** Whether the server has text indexes, found out by making one. */
export async function textIndexOf(connection: MongoConnection): Promise<SearchIndex> {
  const trial = connection.collection(TRIAL_COLLECTION);
  return connection.writing(async () => {
    try {
      await trial.createIndexes([{ key: { terms: 'text' }, default_language: 'none' }]);
      await trial
        .find({ $text: { $search: 'a' } })
        .limit(1)
        .toArray();
      return 'text';
    } catch (error) {
      if (isRefusal(error)) return 'words';
      throw error;
    }
  });
}

/**
 * Renames the catalogue, so that the next store begins empty; the documents stay where they are,
 * since no two generations share a place. Gives the new name. Nothing may have the store open.
 */
export async function setAsideCatalogue(
  connection: MongoConnection,
  suffix: string,
): Promise<string> {
  const kept = `${PROJECTIONS}.${suffix}`;
  await connection.writing(async () => {
    try {
      await connection.collection(PROJECTIONS).rename(kept);
    } catch (error) {
      // Nothing was ever there, or it is done already and the answer was lost.
      if (!isNotThere(error)) throw error;
    }
  });
  return `${connection.place}.${kept}`;
}
