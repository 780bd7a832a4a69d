import { rebuildProjection, type RebuildReport } from '@ledgerdesk/engine';
import { LedgerdeskError, type Projection } from '@ledgerdesk/kernel';
import { readModels } from '@ledgerdesk/read-models';
import type { GenerationStatus } from '@ledgerdesk/read-store';
import { EXIT } from '../exit-codes';
import { toTable } from '../output';
import { beginProgress } from '../progress';
import { withReadStores } from '../stores';
import { answer, type VerbContext } from '../verb';

interface ProjectionLine {
  readonly name: string;
  readonly version: number;
  /** Of the generation that serves; null where none does. */
  readonly liveVersion: number | null;
  readonly generation: number | null;
  readonly checkpoint: bigint;
  readonly head: bigint;
  readonly state: 'level' | 'behind' | 'outdated' | 'absent';
}

/** `ledgerdesk projections list`: which read models there are, and how far each has come. */
export async function listProjections(context: VerbContext): Promise<number> {
  await withReadStores(context.location, async ({ eventStore, readStore }) => {
    const head = await eventStore.head();
    const live = (await readStore.generations()).filter((generation) => generation.live);
    const lines = readModels.map((projection) => lineOf(projection, live, head));
    answer(context, { head, projections: lines }, () =>
      toTable(
        ['name', 'version', 'generation', 'checkpoint', 'head', 'state'],
        lines.map((line) => [
          line.name,
          line.version,
          line.generation,
          line.checkpoint,
          line.head,
          line.state,
        ]),
      ),
    );
  });
  return EXIT.ok;
}

/** `ledgerdesk projections rebuild`: folds a read model anew beside the one that serves. */
export async function rebuild(context: VerbContext, name: string): Promise<number> {
  const { io, location } = context;
  const projection = readModels.find((candidate) => candidate.name === name);
  if (projection === undefined) throw unknownProjection(name);
  return withReadStores(location, async (stores) => {
    if (stores.isPrivate) throw notWritable();
    const progress = beginProgress(io, name);
    let report: RebuildReport;
    try {
      report = await rebuildProjection({
        ...stores,
        projection,
        onProgress: ({ position, head }) => progress.update(Number(position), Number(head)),
        signal: io.signal,
      });
    } finally {
      progress.stop();
    }
    io.signal.throwIfAborted();
    answer(context, report, () => {
      const { generation, events, durationMs, eventsPerSecond, parked } = report;
      const seconds = (durationMs / 1000).toFixed(1);
      return (
        `${name}: generation ${generation} serves, ${events} events folded in ${seconds} s ` +
        `(${eventsPerSecond}/s), ${parked} parked\n`
      );
    });
    return report.parked === 0 ? EXIT.ok : EXIT.found;
  });
}

function lineOf(
  { name, version }: Projection,
  live: readonly GenerationStatus[],
  head: bigint,
): ProjectionLine {
  const found = live.find(({ projection }) => projection === name);
  const checkpoint = found?.checkpoint ?? 0n;
  return {
    name,
    version,
    liveVersion: found?.version ?? null,
    generation: found?.generation ?? null,
    checkpoint,
    head,
    state: stateOf(found, version, head),
  };
}

function stateOf(
  found: GenerationStatus | undefined,
  version: number,
  head: bigint,
): ProjectionLine['state'] {
  if (found === undefined) return 'absent';
  if (found.version !== version) return 'outdated';
  return found.checkpoint >= head ? 'level' : 'behind';
}

function notWritable(): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.read-only',
    'the read models may not be written by this user; rebuild them as the user of the engine',
  );
}

function unknownProjection(name: string): LedgerdeskError {
  const known = readModels.map((projection) => projection.name);
  return new LedgerdeskError(
    'missing.projection',
    `there is no read model ${name.slice(0, 60)}; give one of ${known.join(', ')}`,
    { details: { projection: name.slice(0, 60), known } },
  );
}
