import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { isBlobDigest, type StoredBlob } from '@ledgerdesk/engine';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { discard } from '../request/body-parser';
import { commandHeadersOf } from '../request/command-headers';
import { sendJson } from '../request/json-answer';

/** Attachments: stored first, then named by their digest in a command. */
@Controller(`${API_ROOT}/blobs`)
export class BlobsController {
  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

  @Post()
  @HttpCode(201)
  @RouteConfig({ rawBody: true })
  async store(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    commandHeadersOf(request.headers);
    const stored = await this.put(request, reply);
    reply.code(201).header('location', `${API_ROOT}/blobs/${stored.digest}`);
    sendJson(reply, stored);
  }

  @Get(':digest')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { digest = '' } = request.params as { readonly digest?: string };
    const blob = isBlobDigest(digest) ? await this.settings.engine.blobs.open(digest) : undefined;
    if (blob === undefined) {
      throw new LedgerdeskError(
        'missing.blob',
        'there is no such blob; address it by its SHA-256',
        {
          details: { digest: digest.slice(0, 64) },
        },
      );
    }
    // Never shown by a browser: a stored page must not run as ours.
    void reply
      .headers({
        'content-type': 'application/octet-stream',
        'content-length': blob.sizeBytes,
        'content-disposition': `attachment; filename="${digest}"`,
        'cache-control': 'private, max-age=31536000, immutable',
        etag: `"${digest}"`,
      })
      .send(Readable.from(blob.content, { objectMode: false }));
  }

  private async put(request: FastifyRequest, reply: FastifyReply): Promise<StoredBlob> {
    const { blobs } = this.settings.engine;
    const { blobBytesMax } = this.settings.limits;
    const payload = request.body as IncomingMessage | undefined;
    if (payload === undefined) {
      throw new LedgerdeskError('malformed.body', 'send the file as the body of the request');
    }
    try {
      const content = payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
      return await blobs.put(content, blobBytesMax);
    } catch (error) {
      // A client that is still sending would not read the answer.
      void reply.header('connection', 'close');
      if (!payload.readableEnded) await discard(payload, blobBytesMax, this.settings.limits);
      throw error;
    }
  }
}
