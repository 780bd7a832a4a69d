import 'reflect-metadata';
import { createRequire } from 'node:module';

// The same Nest and Fastify routes with the same validation, and a pipeline that answers at once:
// what the engine could do at the very most.
const require = createRequire(import.meta.url);
const { createHttpApplication } = require('../dist/libs/http/index.js');
const engineLibrary = require('../dist/libs/engine/index.js');
const { openEventStore } = require('../dist/libs/event-store/index.js');
const { openReadStore } = require('../dist/libs/read-store/index.js');
const { processes } = require('../dist/libs/processes/index.js');

const { createCommandValidator, Engine, MemoryBlobStore, newUuid7 } = engineLibrary;

const validators = new Map(
  processes.flatMap(({ commands }) =>
    Object.values(commands).map(({ type }) => [type, createCommandValidator(type)]),
  ),
);

const EVENT = { id: newUuid7(), type: 'IncidentRegistered', revision: 0n, position: 1n };

const stubPipeline = {
  async execute({ command, ticket }) {
    const errors = validators.get(command.constructor)(command);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return {
      id: ticket ?? newUuid7(),
      number: 'INC-000001',
      stream: 'incident-1',
      state: { state: 'new' },
      revision: 0n,
      position: 1n,
      events: [EVENT],
      repeated: false,
    };
  },
};

const engine = await Engine.open({
  eventStore: await openEventStore('memory:'),
  readStore: await openReadStore('memory:'),
  processes,
  projections: [],
  blobs: new MemoryBlobStore(),
});
const log = { error: console.error, warn: console.error, info: () => undefined };
const application = await createHttpApplication({
  engine: Object.create(engine, { commands: { value: stubPipeline } }),
  log,
  version: 'stub',
});
await application.listen(0, '127.0.0.1');
const { port } = application.getHttpServer().address();
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
process.on('SIGTERM', () => process.exit(0));
