import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { newUuid7 } from '@ledgerdesk/engine';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpApiSettings } from './http-api.options';
import { problemOf } from './problem/problem-document';
import { pathOf, sendProblem } from './problem/problem.filter';
import { PROBLEM_MEDIA_TYPE } from './problem/problem-status';
import { installBodyParser } from './request/body-parser';
import { assertLoopbackHost } from './request/host-check';
import type { RouteTable } from './route-table';

/** Longest part of a path. */
const PATH_PART_LENGTH_MAX = 200;
/** Request line and headers together, in bytes. */
const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

const DOCS_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

/** Where the browsable documentation is served. */
export const DOCS_PATH = '/docs';

/** Fastify under Nest with our limits, body parser and headers. It trusts no proxy header. */
export function createFastifyAdapter(
  { limits, acceptedHosts }: Pick<HttpApiSettings, 'limits' | 'acceptedHosts'>,
  routes: RouteTable,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    trustProxy: false,
    logger: false,
    routerOptions: { maxParamLength: PATH_PART_LENGTH_MAX },
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_TIMEOUT_MS },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const { document } = problemOf(error, pathOf(request.url), newUuid7);
      sendProblem(reply.headers(SECURITY_HEADERS), document);
    },
    // Only for middleware that works on Node's own requests: there is none, and it costs each
    // request.
    skipMiddie: true,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  routes.watch(fastify);
  installBodyParser(fastify, limits);
  installSecurityHeaders(fastify);
  if (acceptedHosts === 'loopback') installHostCheck(fastify);
  return adapter;
}

function installSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    if (request.url.startsWith(DOCS_PATH)) reply.header('content-security-policy', DOCS_POLICY);
    done();
  });
}

function installHostCheck(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    assertLoopbackHost(request.headers.host);
    done();
  });
}

// Node's parser gave up on what the client sent: there is neither request nor reply to work with.
function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const { document } = problemOf(Object.assign(error, { statusCode: 400 }), '/', newUuid7);
  const body = JSON.stringify(document);
  socket.end(
    `HTTP/1.1 ${document.status} ${STATUS_CODES[document.status] ?? 'Error'}\r\n` +
      `content-type: ${PROBLEM_MEDIA_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}
