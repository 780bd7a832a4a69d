import type { FastifyReply } from 'fastify';

export const JSON_MEDIA_TYPE = 'application/json; charset=utf-8';

/**
 * JSON text of any answer: whole numbers that do not fit a double (positions, revisions) as text.
 */
function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'bigint' ? String(member) : member,
  );
}

/** Sends the value as JSON. */
export function sendJson(reply: FastifyReply, value: unknown): void {
  void reply.header('content-type', JSON_MEDIA_TYPE).send(jsonText(value));
}
