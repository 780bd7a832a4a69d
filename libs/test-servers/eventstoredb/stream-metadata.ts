/** What a metadata stream says about the events of its stream that may still be read. */
export interface Retention {
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
  readonly truncateBefore?: bigint;
}

/** The largest revision there is: `$tb` at this value is what a soft delete writes. */
export const LAST_REVISION = 2n ** 63n - 1n;

/** Where the metadata of a stream is kept. */
export function metadataStreamOf(stream: string): string {
  return `$$${stream}`;
}

/** Reads the body of a `$metadata` event. What is no JSON object counts as no metadata. */
export function retentionOf(body: Uint8Array | undefined): Retention {
  const keys = parse(body);
  const { $maxCount: maxCount, $maxAge: maxAgeSeconds, $tb: before } = keys;
  return {
    ...(maxCount !== undefined && { maxCount }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
    ...(before !== undefined && { truncateBefore: toRevision(before) }),
  };
}

function parse(body: Uint8Array | undefined): Readonly<Record<string, number | undefined>> {
  if (body === undefined) return {};
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, number | undefined>;
  } catch {
    return {};
  }
}

function toRevision(number: number): bigint {
  return number >= 2 ** 63 ? LAST_REVISION : BigInt(Math.trunc(number));
}
