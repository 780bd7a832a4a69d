import type { MongoDbTestServer } from '@ledgerdesk/test-servers';

/** With connections that are made again at once: by itself the driver pauses half a second. */
export function urlOf({ url }: MongoDbTestServer): string {
  const impatience = 'minHeartbeatFrequencyMS=10&serverSelectionTimeoutMS=500';
  return `${url}${url.includes('?') ? '&' : '?'}${impatience}`;
}

/** Whether a command of this name changes something. */
export function isWrite(name: string): boolean {
  return ['insert', 'update', 'delete', 'findAndModify'].includes(name);
}
