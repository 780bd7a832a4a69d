import { createEngineRegistry, replayFlow } from '@ledgerdesk/engine';
import { openEventStoreForReading, type EventStore } from '@ledgerdesk/event-store';
import { flows } from '@ledgerdesk/flows';
import { FLOW_STREAM_PREFIX, parseSealedEvent, type SealedEvent } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import type { LogContent } from './log-check';

/** What flows did, as the log of an engine that is not running tells. */
export interface FlowWork {
  /** Timers that elapsed. */
  readonly elapsed: number;
  /** What happened not once but never or twice, and decisions that would be others now. */
  readonly faults: readonly string[];
}

/** Event types that stand once for each name: what names them, and of how many each may be. */
const ONCE: Readonly<Record<string, (data: SealedEvent['data']) => string>> = {
  FlowDecided: ({ cause }) => `decision on ${String(cause)}`,
  FlowCommandAccepted: ({ commandId }) => `outcome of ${String(commandId)}`,
  FlowCommandRefused: ({ commandId }) => `outcome of ${String(commandId)}`,
  TimerElapsed: ({ name, dueAt }) => `end of timer ${String(name)} ${String(dueAt)}`,
  TimerCancelled: ({ name, dueAt }) => `end of timer ${String(name)} ${String(dueAt)}`,
};

/** Looks through all that flows recorded, and decides it again. */
export async function flowWork(dataDir: string, { commands }: LogContent): Promise<FlowWork> {
  const store = await openEventStoreForReading(`sqlite:${dataDir}`);
  try {
    const seen = new Set<string>();
    const faults: string[] = [];
    let elapsed = 0;
    for await (const row of store.readAll({ filter: { streamPrefixes: [FLOW_STREAM_PREFIX] } })) {
      const { type, stream, data } = parseSealedEvent(row);
      if (type === 'TimerElapsed') elapsed += 1;
      const what = ONCE[type]?.(data);
      if (what !== undefined && seen.has(`${stream} ${what}`)) faults.push(`twice: ${what}`);
      if (what !== undefined) seen.add(`${stream} ${what}`);
      if (type !== 'FlowCommandAccepted') continue;
      const sent = String(data['commandId']);
      if (commands.get(sent)?.streams.size !== 1) faults.push(`no effect, or two: ${sent}`);
    }
    return { elapsed, faults: [...faults, ...(await otherDecisions(store))] };
  } finally {
    await store.close();
  }
}

async function otherDecisions(eventStore: EventStore): Promise<readonly string[]> {
  const registry = createEngineRegistry(processes);
  const reports = [];
  for (const flow of flows) reports.push(await replayFlow(flow, { eventStore, registry }));
  return reports.flatMap(({ flow, differences }) =>
    differences.map((difference) => `${flow} would decide: ${JSON.stringify(difference)}`),
  );
}
