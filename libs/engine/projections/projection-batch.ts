import {
  LedgerdeskError,
  type Contribution,
  type Projection,
  type ReadDocument,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import type { DocumentChange } from '@ledgerdesk/read-store';

/** By collection name, then by id. */
export type DocumentsByCollection = ReadonlyMap<string, ReadonlyMap<string, ReadDocument>>;

/** What a batch adds to the sums of one aggregate document; a name that adds nothing is absent. */
interface SumChange {
  readonly labels: ReadDocument;
  readonly amounts: Map<string, number>;
}

/** By collection name, then by id. */
type SumChanges = ReadonlyMap<string, ReadonlyMap<string, SumChange>>;

/** One list for each aggregate, in the order in which the projection declares them. */
type Contributions = readonly (readonly Contribution[])[];

interface FoldedDocument {
  readonly before: ReadDocument | undefined;
  readonly contributionsBefore: Contributions;
  after: ReadDocument | undefined;
  contributionsAfter: Contributions;
}

/**
 * The effect of some events on a projection's documents, computed in memory: each document and each
 * sum changes once, whatever the number of events. Any division of the log into batches gives the
 * same documents, byte for byte. Pure: documents come in, changes go out.
 *
 * Use: {@link apply} each event, load what {@link sumsToLoad} asks for, then take {@link changes}.
 */
export class ProjectionBatch {
  private readonly folded = new Map<string, FoldedDocument>();
  private readonly fields: readonly (readonly [string, string])[];
  private sums: SumChanges | undefined;

  /** @param stored - the documents of all keys that will be applied, as far as there are any. */
  constructor(
    private readonly projection: Projection,
    private readonly stored: ReadonlyMap<string, ReadDocument>,
  ) {
    this.fields = Object.entries(projection.documents.fields).map(([field, kind]) => [
      field,
      kind === 'text' ? 'string' : kind,
    ]);
  }

  /**
   * Folds one event into the document of `key`. Passes on whatever the fold or a contribution
   * throws; the event has then had no effect, and the next may come.
   */
  apply(key: string, event: RecordedEvent): void {
    const known = this.folded.get(key);
    const current = known === undefined ? this.stored.get(key) : known.after;
    const next = this.projection.fold(current, event) ?? undefined;
    if (next === current) return;
    if (next !== undefined) this.check(key, next);
    const contributions = this.contributionsOf(next);
    const document = known ?? this.enter(key, current);
    document.after = next;
    document.contributionsAfter = contributions;
    this.sums = undefined;
  }

  /** Ids of the aggregate documents that change, by collection. */
  sumsToLoad(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      [...this.summed()].map(([collection, changes]) => [collection, [...changes.keys()]]),
    );
  }

  /** @param storedSums - what {@link sumsToLoad} asked for, as far as it is there. */
  changes(storedSums: DocumentsByCollection): Map<string, DocumentChange[]> {
    const changes = new Map<string, DocumentChange[]>();
    const documents: DocumentChange[] = [];
    for (const [id, { before, after }] of this.folded) {
      if (after !== before) documents.push({ id, document: after ?? null, before: before ?? null });
    }
    if (documents.length > 0) changes.set(this.projection.documents.name, documents);
    for (const [collection, sums] of this.summed()) {
      const list: DocumentChange[] = [];
      for (const [id, change] of sums) {
        const before = storedSums.get(collection)?.get(id);
        list.push({ id, document: addUp(before, change), before: before ?? null });
      }
      changes.set(collection, list);
    }
    return changes;
  }

  /**
   * A store refuses such a document too, but only where it is the last of a batch: what is parked
   * must not depend on where batches are cut.
   */
  private check(key: string, document: ReadDocument): void {
    for (const [field, kind] of this.fields) {
      const value = document[field];
      if (value === undefined || value === null || typeof value === kind) continue;
      throw unfitDocument(this.projection.name, key, field);
    }
  }

  private enter(key: string, before: ReadDocument | undefined): FoldedDocument {
    const contributionsBefore = this.contributionsOf(before);
    const document = {
      before,
      contributionsBefore,
      after: before,
      contributionsAfter: contributionsBefore,
    };
    this.folded.set(key, document);
    return document;
  }

  private contributionsOf(document: ReadDocument | undefined): Contributions {
    const { aggregates = [] } = this.projection;
    return aggregates.map((aggregate) => {
      if (document === undefined) return [];
      const contributions = aggregate.contributions(document);
      for (const contribution of contributions) {
        checkContribution(aggregate.collection.name, contribution);
      }
      return contributions;
    });
  }

  private summed(): SumChanges {
    return (this.sums ??= this.sumUp());
  }

  private sumUp(): SumChanges {
    const byCollection = new Map<string, ReadonlyMap<string, SumChange>>();
    for (const [index, { collection }] of (this.projection.aggregates ?? []).entries()) {
      const changes = this.sumUpOne(index);
      if (changes.size > 0) byCollection.set(collection.name, changes);
    }
    return byCollection;
  }

  private sumUpOne(aggregate: number): ReadonlyMap<string, SumChange> {
    const changes = new Map<string, SumChange>();
    for (const { contributionsBefore, contributionsAfter } of this.folded.values()) {
      for (const contribution of contributionsBefore[aggregate] ?? []) {
        add(changes, contribution, -1);
      }
      for (const contribution of contributionsAfter[aggregate] ?? []) add(changes, contribution, 1);
    }
    for (const [id, { amounts }] of changes) if (amounts.size === 0) changes.delete(id);
    return changes;
  }
}

function add(changes: Map<string, SumChange>, contribution: Contribution, sign: 1 | -1): void {
  const { id, labels, amounts } = contribution;
  let change = changes.get(id);
  if (change === undefined) {
    change = { labels, amounts: new Map() };
    changes.set(id, change);
  }
  for (const name of Object.keys(amounts)) {
    const sum = (change.amounts.get(name) ?? 0) + sign * (amounts[name] ?? 0);
    if (sum === 0) change.amounts.delete(name);
    else change.amounts.set(name, sum);
  }
}

function addUp(stored: ReadDocument | undefined, change: SumChange): ReadDocument | null {
  const { labels, amounts } = change;
  const sums = new Map<string, number>();
  for (const [name, sum] of Object.entries(stored ?? {})) {
    if (typeof sum === 'number' && !Object.hasOwn(labels, name)) sums.set(name, sum);
  }
  for (const [name, amount] of amounts) {
    const sum = (sums.get(name) ?? 0) + amount;
    if (sum === 0) sums.delete(name);
    else sums.set(name, sum);
  }
  if (sums.size === 0) return null;
  // Sorted, because the order in which names came and went depends on where batches were cut.
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries([...Object.entries(labels), ...sorted]);
}

function checkContribution(collection: string, { id, labels, amounts }: Contribution): void {
  for (const name of Object.keys(amounts)) {
    if (Number.isSafeInteger(amounts[name]) && !Object.hasOwn(labels, name)) continue;
    throw new LedgerdeskError(
      'defect.contribution',
      `${collection} ${id}: the amount ${name} is ${String(amounts[name])}; amounts are whole ` +
        'numbers whose names are no labels',
      { details: { collection, id, name } },
    );
  }
}

function unfitDocument(projection: string, key: string, field: string): LedgerdeskError {
  return new LedgerdeskError(
    'defect.document',
    `the fold of ${projection} gave document ${key} a ${field} of another kind than its collection declares`,
    { details: { projection, key, field } },
  );
}
