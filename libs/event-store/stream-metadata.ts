import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { EventStoreLimits, StreamMetadata } from './event-store.port';

/**
 * The JSON text under which metadata is kept. Errors: `invalid.stream-metadata` for what is no
 * plain JSON object, `limit.event-size` for more than one event may hold.
 */
export function serialiseMetadata(
  stream: string,
  metadata: StreamMetadata,
  { eventBytesMax }: EventStoreLimits,
): string {
  const text = toJson(metadata);
  if (text === undefined) {
    throw new LedgerdeskError(
      'invalid.stream-metadata',
      `The metadata of stream "${stream}" is not a plain object of JSON values.`,
      { details: { stream } },
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > eventBytesMax) {
    throw new LedgerdeskError(
      'limit.event-size',
      `The metadata of stream "${stream}" has ${bytes} bytes; at most ${eventBytesMax} are taken.`,
      { details: { stream, bytes, bytesMax: eventBytesMax } },
    );
  }
  return text;
}

function toJson(metadata: unknown): string | undefined {
  try {
    const text = JSON.stringify(metadata) as string | undefined;
    return text?.startsWith('{') === true ? text : undefined;
  } catch {
    return undefined;
  }
}
