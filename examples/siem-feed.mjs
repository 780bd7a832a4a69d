// Feeds a SIEM: one line of JSON for each event of these processes, on standard output.
//   npm install kafkajs && BROKER=127.0.0.1:9092 node siem-feed.mjs incident change
// The feed is at least once: an event that comes again has an `id` that has been seen, and a
// `revision` of its stream (`subject`) that has been passed. Offsets are committed after the line is
// written, so that a line may come twice after a crash but none is lost.
import { Kafka, logLevel } from 'kafkajs';

const processes = process.argv.length > 2 ? process.argv.slice(2) : ['incident'];
const kafka = new Kafka({ brokers: [process.env.BROKER], logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: process.env.GROUP ?? 'siem', maxWaitTimeInMs: 200 });
const newest = new Map();

await consumer.connect();
const topics = processes.map((name) => `ledgerdesk.events.${name}`);
await consumer.subscribe({ topics, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => {
    const event = JSON.parse(message.value);
    if ((newest.get(event.subject) ?? -1) >= Number(event.revision)) return;
    newest.set(event.subject, Number(event.revision));
    const { time, actor, type, subject, data, origin, position, hash } = event;
    console.log(JSON.stringify({ time, actor, type, subject, data, origin, position, hash }));
  },
});

process.once('SIGTERM', async () => {
  await consumer.disconnect();
  process.exit(0);
});
