import { isUtf8 } from 'node:buffer';
import { METHODS, type IncomingMessage } from 'node:http';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpLimits } from '../http-api.options';
import { parseStrictJson } from './json-text';

const JSON_MEDIA_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Methods whose requests may have a body. Node 20 knows `QUERY` from 20.19.2 on. */
const METHODS_WITH_BODY = new Set(
  ['DELETE', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY'].filter((name) => METHODS.includes(name)),
);

/** Route configuration of a route that takes any body as a stream, unread. */
interface RawBodyRoute {
  readonly rawBody?: boolean;
}

/**
 * Makes the server read bodies as strict JSON in UTF-8 and nothing else; routes that say so get the
 * stream. A body that is refused is read to its end first, within bounds: a client that is still
 * sending would otherwise see a broken connection instead of the answer.
 */
export function installBodyParser(fastify: FastifyInstance, limits: HttpLimits): void {
  // Fastify binds each run of its own parsers to an asynchronous resource, a tenth of what a
  // command costs. To it no request has a body.
  for (const method of METHODS_WITH_BODY) {
    fastify.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
  fastify.addHook('preValidation', (request, reply, done) => {
    // What a route that is not there would take is nobody's question.
    if (request.is404 || !hasBody(request)) {
      done();
      return;
    }
    const { rawBody } = request.routeOptions.config as RawBodyRoute;
    if (rawBody === true) {
      request.body = request.raw;
      done();
      return;
    }
    readJson(request, limits).then(
      (body) => {
        request.body = body;
        done();
      },
      (error: unknown) => {
        // The client may be sending still.
        void reply.header('connection', 'close');
        done(error as Error);
      },
    );
  });
}

function hasBody({ method, headers }: FastifyRequest): boolean {
  if (!METHODS_WITH_BODY.has(method)) return false;
  if (headers['content-type'] !== undefined) return true;
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

async function readJson(request: FastifyRequest, limits: HttpLimits): Promise<unknown> {
  const payload = request.raw;
  const mediaType = request.headers['content-type'];
  if (mediaType !== 'application/json' && !JSON_MEDIA_TYPE.test(mediaType ?? '')) {
    await discard(payload, 0, limits);
    throw new LedgerdeskError(
      'malformed.media-type',
      `the body is ${mediaType ?? 'of no stated type'}; send it as application/json in UTF-8`,
    );
  }
  const bytes = await readBytes(payload, limits);
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) {
    throw new LedgerdeskError('malformed.json', 'the body is not UTF-8; send JSON in UTF-8');
  }
  return parseStrictJson(bytes.toString('utf8'));
}

// By events: an async iterator over the request costs each command a dozen promises.
function readBytes(payload: IncomingMessage, limits: HttpLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limits.bodyBytesMax) {
        chunks.push(chunk);
        return;
      }
      payload.off('data', take).off('end', finish).off('error', abort).off('close', abort);
      discard(payload, size, limits).then(() => reject(bodyTooLarge(limits.bodyBytesMax)), reject);
    };
    const finish = (): void => {
      payload.off('close', abort);
      resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks, size));
    };
    const abort = (): void => reject(aborted());
    payload.on('data', take).on('end', finish).on('error', abort).on('close', abort);
  });
}

/** Of a client that went away while it was sending: whatever the stream says, it is its doing. */
function aborted(cause?: unknown): LedgerdeskError {
  return new LedgerdeskError('malformed.request', 'the request ended before its body did', {
    cause,
  });
}

/**
 * Reads on without keeping anything, until the end or until the bound is passed.
 *
 * @throws LedgerdeskError `malformed.request` where the client goes away.
 */
export async function discard(
  payload: IncomingMessage,
  alreadyRead: number,
  limits: Pick<HttpLimits, 'discardBytesMax'>,
): Promise<void> {
  let size = alreadyRead;
  try {
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > limits.discardBytesMax) return;
    }
  } catch (error) {
    throw aborted(error);
  }
}

function bodyTooLarge(bytesMax: number): LedgerdeskError {
  return new LedgerdeskError(
    'limit.body-size',
    `the body is larger than ${bytesMax} bytes; send less, and large files to /api/v1/blobs`,
    { details: { bytesMax } },
  );
}
