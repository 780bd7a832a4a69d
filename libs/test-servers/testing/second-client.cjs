// Run as a process of its own: <url> <task>. The generated messages of the two clients share one
// global namespace, so they cannot live in one process. Prints what it found as JSON.
const process = require('node:process');
const {
  BACKWARDS,
  END,
  KurrentDBClient,
  NO_STREAM,
  START,
  jsonEvent,
  streamNameFilter,
} = require('@kurrent/kurrentdb-client');

const event = (n) => jsonEvent({ type: 'Counted', data: { n } });

async function numbers(read) {
  const found = [];
  for await (const { event: recorded } of read) {
    if (recorded?.type === 'Counted') found.push(recorded.data.n);
  }
  return found;
}

const tasks = {
  async reads(client) {
    const events = [event(0), event(1), event(2)];
    const written = await client.appendToStream('r-1', events, { streamState: NO_STREAM });
    const backwards = { direction: BACKWARDS, fromRevision: END, maxCount: 2 };
    return {
      revision: Number(written.nextExpectedRevision),
      forwards: await numbers(client.readStream('r-1')),
      backwards: await numbers(client.readStream('r-1', backwards)),
      log: await numbers(client.readAll({ fromPosition: START })),
    };
  },

  async conflicts(client) {
    await client.appendToStream('c-1', event(0), { streamState: NO_STREAM });
    const late = client.appendToStream('c-1', event(1), { streamState: NO_STREAM });
    return late.then(
      () => ({ type: 'none' }),
      ({ type }) => ({ type }),
    );
  },

  async shares(client) {
    const before = await numbers(client.readStream('s-1'));
    await client.appendToStream('s-1', event(before.length), { streamState: 0n });
    return { before };
  },

  async follows(client) {
    await client.appendToStream('a-1', event(0));
    await client.appendToStream('b-1', event(1));
    const seen = [];
    const filter = streamNameFilter({ prefixes: ['a-'] });
    for await (const item of client.subscribeToAll({ fromPosition: START, filter })) {
      seen.push(item.event.data.n);
      if (seen.length === 1) await client.appendToStream('a-2', event(2));
      if (seen.length === 2) break;
    }
    return { seen };
  },
};

async function main([url, task]) {
  const client = KurrentDBClient.connectionString(url.replace('esdb', 'kurrentdb'));
  process.stdout.write(JSON.stringify(await tasks[task](client)));
  await client.dispose();
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
