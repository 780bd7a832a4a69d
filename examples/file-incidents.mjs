// A monitoring system that files incidents: one command for each alert on standard input, one
// alert a line, {"id":"17","host":"web-1","service":"shop","text":"Disk full"}.
//   BROKER=127.0.0.1:9092 node file-incidents.mjs < alerts.jsonl
// The command's id derives from the alert's: whoever sends an alert twice files one incident. There
// is no answer on the broker; GET /api/v1/commands/{id} and the topic ledgerdesk.events.command say
// what became of a command, and ledgerdesk.dead-letters holds those that could not be taken.
import { createInterface } from 'node:readline/promises';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

const kafka = new Kafka({ brokers: [process.env.BROKER], logLevel: logLevel.ERROR });
const createPartitioner = Partitioners.DefaultPartitioner;
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner });

await producer.connect();
for await (const line of createInterface({ input: process.stdin })) {
  const { id, host, text, service } = JSON.parse(line);
  const command = {
    specversion: '1.0',
    id: `monitoring-${id}`,
    source: 'urn:example:monitoring',
    type: 'RegisterIncident',
    actor: 'monitoring',
    data: { description: `${host}: ${text}`, channel: 'monitoring', source: 'monitoring', service },
  };
  const message = { key: command.id, value: JSON.stringify(command) };
  await producer.send({ topic: 'ledgerdesk.commands.incident', messages: [message] });
  console.log(command.id);
}
await producer.disconnect();
