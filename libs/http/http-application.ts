import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newUuid7 } from '@ledgerdesk/engine';
import type { FastifyInstance } from 'fastify';
import { createFastifyAdapter } from './fastify-server';
import { HttpApiModule } from './http-api.module';
import { httpApiSettings, type HttpApiOptions } from './http-api.options';
import { setUpDocs } from './openapi/docs';
import { ProblemFilter } from './problem/problem.filter';
import { RouteTable } from './route-table';

// Bodies have a parser of their own, errors are logged by the filter, and a fault at start is the
// caller's to report.
const NEST_OPTIONS: Pick<NestApplicationOptions, 'bodyParser' | 'logger' | 'abortOnError'> = {
  bodyParser: false,
  logger: false,
  abortOnError: false,
};

/** How often connections without a request are looked for while the server closes. */
const IDLE_SWEEP_MS = 20;

/**
 * A Nest application that serves the API of an open engine; not listening yet. Closing it ends the
 * live feed and waits for the requests under way; the engine is closed after it, by the caller.
 */
export async function createHttpApplication(
  options: HttpApiOptions,
): Promise<NestFastifyApplication> {
  const settings = httpApiSettings(options);
  const { log } = settings;
  const routes = new RouteTable();
  const application = await NestFactory.create<NestFastifyApplication>(
    HttpApiModule.forRoot(options),
    createFastifyAdapter(settings, routes),
    NEST_OPTIONS,
  );
  closeIdleConnectionsWhileClosing(application.getHttpAdapter().getInstance());
  application.useGlobalFilters(new ProblemFilter({ log, routes, newId: newUuid7 }));
  setUpDocs(application, options);
  return application;
}

// Node closes the connections that are idle when the server stops to listen, but neither those that
// become idle then nor those on which nothing was ever asked: each would hold up the end.
function closeIdleConnectionsWhileClosing(fastify: FastifyInstance): void {
  const silent = new Set<Socket>();
  fastify.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  fastify.server.on('request', ({ socket }: IncomingMessage) => silent.delete(socket));
  fastify.addHook('preClose', (done) => {
    const { server } = fastify;
    const timer = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
    }, IDLE_SWEEP_MS);
    server.once('close', () => clearInterval(timer));
    done();
  });
}
