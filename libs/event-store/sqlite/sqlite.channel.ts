import { BroadcastChannel } from 'node:worker_threads';
import { realpathSync } from 'node:fs';
import { eventsFile } from './sqlite.connection';

/**
 * Where the writer thread says that the log has grown, for all threads of its process. Unref'd:
 * it keeps no process alive.
 */
export function openHeadChannel(dir: string): BroadcastChannel {
  const channel = new BroadcastChannel(
    `ledgerdesk.event-store.head:${realpathSync(eventsFile(dir))}`,
  );
  channel.unref();
  return channel;
}
