import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

// The routes as one would write them with Nest alone: Fastify, the same command classes, checked
// by Nest's own ValidationPipe with the same rules, and nothing behind them.
const require = createRequire(import.meta.url);
const requireOfHttp = createRequire(new URL('../libs/http/package.json', import.meta.url));
const {
  Body,
  Controller,
  HttpCode,
  Module,
  Param,
  Post,
  ValidationPipe,
} = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { FastifyAdapter } = requireOfHttp('@nestjs/platform-fastify');
const { incidentProcess } = require('../dist/libs/processes/index.js');

const classOf = (command) => incidentProcess.commands[command].type;

class IncidentsController {
  register(command) {
    return answer(randomUUID(), command);
  }
  take(id, command) {
    return answer(id, command);
  }
  resolve(id, command) {
    return answer(id, command);
  }
  close(id, command) {
    return answer(id, command);
  }
}

// As many members as the engine's own answer has.
function answer(id, command) {
  return {
    id,
    number: 'INC-000001',
    state: 'new',
    revision: '0',
    position: '1',
    commandId: randomUUID(),
    events: [{ id: randomUUID(), type: command.constructor.name, revision: '0', position: '1' }],
    repeated: false,
  };
}

function route(method, path, command, status) {
  const { prototype } = IncidentsController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  const hasId = path !== '';
  Reflect.defineMetadata(
    'design:paramtypes',
    hasId ? [String, classOf(command)] : [classOf(command)],
    prototype,
    method,
  );
  if (hasId) Param('id')(prototype, method, 0);
  Body()(prototype, method, hasId ? 1 : 0);
  HttpCode(status)(prototype, method, descriptor);
  Post(path)(prototype, method, descriptor);
}

route('register', '', 'RegisterIncident', 201);
route('take', ':id/take', 'TakeIncident', 200);
route('resolve', ':id/resolve', 'ResolveIncident', 200);
route('close', ':id/close', 'CloseIncident', 200);
Controller('api/v1/incidents')(IncidentsController);

class NestModule {}
Module({ controllers: [IncidentsController] })(NestModule);

const application = await NestFactory.create(NestModule, new FastifyAdapter(), { logger: false });
application.useGlobalPipes(
  new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }),
);
await application.listen(0, '127.0.0.1');
const { port } = application.getHttpServer().address();
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
process.on('SIGTERM', () => process.exit(0));
