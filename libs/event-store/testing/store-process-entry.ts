import { createHash, randomUUID } from 'node:crypto';
import type { EventStore } from '../event-store.port';
import { SqliteEventStore } from '../sqlite/sqlite.adapter';

// Run as a process of its own: <task> <directory>. Prints a line when the store is open, then one
// for each acknowledged batch: its stream and the revision of its last event.
const WRITERS = 8;
const BATCH_EVENTS = 3;

async function write(store: EventStore, writer: number): Promise<void> {
  const stream = `ticket-${writer}`;
  const reading = store.readStream(stream, { direction: 'backwards', limit: 1 });
  let last = -1n;
  for await (const { revision } of reading) last = revision;
  for (;;) {
    const expectedRevision = last === -1n ? 'no-stream' : last;
    const batch = randomUUID();
    const events = Array.from({ length: BATCH_EVENTS }, (_, n) => {
      const body = JSON.stringify({ batch, n, padding: 'x'.repeat(700) });
      const hash = createHash('sha256').update(body).digest('hex');
      return { id: randomUUID(), type: 'Noted', body, hash };
    });
    ({ revision: last } = await store.append({ stream, expectedRevision, events }));
    process.stdout.write(`${stream} ${last}\n`);
  }
}

async function main(task: string, dir: string): Promise<void> {
  const store = await SqliteEventStore.open({ dir });
  process.stdout.write('open\n');
  if (task === 'write') {
    await Promise.all(Array.from({ length: WRITERS }, (_, n) => write(store, n)));
  } else if (task === 'hold') {
    setInterval(() => undefined, 60_000);
  }
}

const [task = '', dir = ''] = process.argv.slice(2);
main(task, dir).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
