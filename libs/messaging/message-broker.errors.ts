import { LedgerdeskError, messageOf } from '@ledgerdesk/kernel';
import type { OutgoingMessage } from './message-broker.port';

const KEY_SHOWN_MAX = 80;

/** `invalid.message` */
export function invalidMessage(message: string, details: Record<string, unknown>): LedgerdeskError {
  return new LedgerdeskError('invalid.message', message, { details });
}

/** `limit.message-size` */
export function messageTooLarge(topic: string, bytes: number, bytesMax: number): LedgerdeskError {
  return new LedgerdeskError(
    'limit.message-size',
    `a message to ${topic} has ${bytes} bytes; at most ${bytesMax} are taken, ` +
      'so keep large content elsewhere and name it in the message',
    { details: { topic, bytes, bytesMax } },
  );
}

/** `limit.message-size`, where the broker takes less than it is configured here. */
export function messageTooLargeForBroker(
  { topic, key }: OutgoingMessage,
  bytes: number,
): LedgerdeskError {
  const named = key === null ? '' : ` of the key ${JSON.stringify(key.slice(0, KEY_SHOWN_MAX))}`;
  return new LedgerdeskError(
    'limit.message-size',
    `a message to ${topic}${named} has ${bytes} bytes, more than the broker takes; ` +
      'raise message.max.bytes or max.message.bytes there, or keep large content elsewhere',
    { details: { topic, key, bytes } },
  );
}

/** `limit.message-key-size` */
export function keyTooLarge(topic: string, bytes: number, bytesMax: number): LedgerdeskError {
  return new LedgerdeskError(
    'limit.message-key-size',
    `the key of a message to ${topic} has ${bytes} bytes; at most ${bytesMax} are taken, ` +
      'so name what has an order by a short id, and put the rest into the message',
    { details: { topic, bytes, bytesMax } },
  );
}

/** `limit.backlog` */
export function backlogFull(topic: string, messagesMax: number): LedgerdeskError {
  return new LedgerdeskError(
    'limit.backlog',
    `${messagesMax} messages of ${topic} wait for their consumers; publish again later`,
    { details: { topic, messagesMax } },
  );
}

/** `unavailable.broker`: nothing was published. */
export function brokerUnavailable(cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.broker',
    `the message broker cannot be reached (${messageOf(cause)}); see that it runs and that ` +
      'BROKER_URL names it',
    { cause },
  );
}

/** `unknown-outcome.publish`: some of the messages may be with the broker. */
export function publishOutcomeUnknown(cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unknown-outcome.publish',
    `the message broker did not acknowledge the messages (${messageOf(cause)}); publish them again`,
    { cause },
  );
}
