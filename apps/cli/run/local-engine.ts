import { join } from 'node:path';
import { Engine, FileBlobStore, newUuid7, type CommandRequest } from '@ledgerdesk/engine';
import type { EventStore } from '@ledgerdesk/event-store';
import {
  commandAnswerOf,
  dryRunAnswerOf,
  type CommandAnswer,
  type DryRunAnswer,
} from '@ledgerdesk/http';
import { hasErrorCode, LedgerdeskError, type ProcessDefinition } from '@ledgerdesk/kernel';
import { priorityMatrices, processes, withPolicies } from '@ledgerdesk/processes';
import { ticketListName } from '@ledgerdesk/read-models';
import { withReadStores, withWriter, type ReadStores } from '../stores';
import { wholeNumber } from '../option-values';
import { bringUpToDate } from '../up-to-date';
import type { VerbContext } from '../verb';
import type { CommandCall } from './command-call';

/** Part of the origin of each event: raised when what this verb sends changes. */
const ORIGIN_VERSION = '1';

/**
 * Runs a command on the data folder in this process, without an engine. What flows make of it
 * follows when an engine runs. A dry run only reads, also while an engine runs there.
 *
 * @throws LedgerdeskError what the command pipeline throws; `unavailable.event-store-locked` while
 * an engine runs; `unavailable.teams-file` where only the engine knows the teams.
 */
export async function runLocally(
  call: CommandCall,
  actor: string,
  { location, io }: VerbContext,
): Promise<CommandAnswer | DryRunAnswer> {
  const definitions = configured(io.env);
  const isDryRun = call.sending.dryRun === true;
  // The first call makes the folder, and finds out early that an engine has it.
  if (!isDryRun) await withWriter(location, () => Promise.resolve()).catch(pointToUrl);
  return withReadStores(location, async (stores) => {
    await bringUpToDate(stores, definitions.map(ticketListName), location, io);
    const blobs = join(location.dataDir, 'blobs');
    if (isDryRun) return send(stores.eventStore, stores, { definitions, blobs, call, actor });
    return withWriter(location, ({ eventStore }) =>
      send(eventStore, stores, { definitions, blobs, call, actor }),
    ).catch(pointToUrl);
  });
}

interface Sending {
  readonly definitions: readonly ProcessDefinition[];
  readonly blobs: string;
  readonly call: CommandCall;
  readonly actor: string;
}

async function send(
  eventStore: EventStore,
  { readStore }: ReadStores,
  { definitions, blobs, call, actor }: Sending,
): Promise<CommandAnswer | DryRunAnswer> {
  const engine = await Engine.open({
    eventStore,
    readStore,
    processes: definitions,
    projections: [],
    blobs: new FileBlobStore(blobs),
  });
  try {
    const request = requestOf(call, actor);
    if (call.sending.dryRun === true) return dryRunAnswerOf(await engine.commands.dryRun(request));
    return commandAnswerOf(await engine.commands.execute(request), request.commandId);
  } finally {
    await engine.close();
  }
}

function requestOf({ route, ticket, body, sending }: CommandCall, actor: string): CommandRequest {
  const { ifMatch, occurredAt, onBehalfOf = null, key } = sending;
  return {
    process: route.process.name,
    command: route.build(body),
    commandId: key ?? newUuid7(),
    tenant: 'default',
    actor,
    onBehalfOf,
    origin: {
      kind: 'cli',
      id: `run ${route.process.name} ${route.name}`,
      version: ORIGIN_VERSION,
    },
    ...(ticket !== undefined && { ticket }),
    ...(ifMatch !== undefined && { expectedRevision: BigInt(wholeNumber('--if-match', ifMatch)) }),
    ...(occurredAt !== undefined && { occurredAt }),
  };
}

// Decides by the same policies as the engine that is configured here would.
function configured(
  env: Readonly<Record<string, string | undefined>>,
): readonly ProcessDefinition[] {
  if (env['TEAMS_FILE'] !== undefined && env['TEAMS_FILE'] !== '') {
    throw new LedgerdeskError(
      'unavailable.teams-file',
      'TEAMS_FILE is set, and only the engine reads it; start it and give its address by --url',
    );
  }
  const preset = env['PRIORITY_MATRIX'];
  const matrix = Object.entries(priorityMatrices).find(([name]) => name === preset)?.[1];
  if (matrix === undefined) return processes;
  return processes.map((process) => withPolicies(process, { priorityMatrix: matrix }));
}

function pointToUrl(error: unknown): never {
  if (!hasErrorCode(error, 'unavailable.event-store-locked')) throw error;
  throw new LedgerdeskError(
    error.code,
    'an engine has this folder for itself; give its address: --url http://127.0.0.1:3000',
    { cause: error, details: error.details },
  );
}
