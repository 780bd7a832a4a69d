import { strangeReadModels } from '@ledgerdesk/engine';
import { readModels } from '@ledgerdesk/read-models';
import { openReadStore, setAsideReadStore } from '@ledgerdesk/read-store';
import { EXIT } from '../exit-codes';
import { toTable } from '../output';
import { withWriter } from '../stores';
import { answer, type VerbContext } from '../verb';

/** What a read model has seen of the log that was there before. */
interface FormerWitness {
  readonly projection: string;
  readonly checkpoint: bigint;
  readonly lastPosition: bigint | null;
  readonly lastHash: string | null;
}

/**
 * `ledgerdesk projections accept-log`: says that the log was meant to be replaced. The read models
 * that bear witness of the former one are kept beside, and the next start builds new ones. Needs
 * the log for itself, so that no engine serves meanwhile.
 */
export async function acceptLog(context: VerbContext): Promise<number> {
  const { readStoreUrl } = context.location;
  await withWriter(context.location, async ({ eventStore }) => {
    const head = await eventStore.head();
    const readStore = await openReadStore(readStoreUrl);
    const strange = await strangeReadModels({ eventStore, readStore }, readModels).finally(() =>
      readStore.close(),
    );
    const witnesses = strange.map(({ projection, checkpoint, mark }): FormerWitness => ({
      projection,
      checkpoint,
      lastPosition: mark?.position ?? null,
      lastHash: mark?.hash ?? null,
    }));
    const suffix = `of-former-log-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    const kept =
      witnesses.length === 0 ? null : ((await setAsideReadStore(readStoreUrl, suffix)) ?? null);
    answer(context, { head, kept, witnesses }, () => asText(head, kept, witnesses));
  });
  return EXIT.ok;
}

function asText(head: bigint, kept: string | null, witnesses: readonly FormerWitness[]): string {
  if (kept === null) return 'the read models are of this log; there is nothing to accept\n';
  const rows = witnesses.map(({ projection, checkpoint, lastPosition, lastHash }) => [
    projection,
    checkpoint,
    lastPosition,
    lastHash,
  ]);
  return (
    `accepted: this log, which ends at ${head}; the read models are built anew\n` +
    `kept as evidence: ${kept}\n` +
    toTable(['read model', 'had seen up to', 'last event at', 'with hash'], rows)
  );
}
