import { isLedgerdeskError, LedgerdeskError, messageOf } from '@ledgerdesk/kernel';
import type { ThreadFailure } from './background-thread.protocol';

export function toFailure(error: unknown): ThreadFailure {
  if (isLedgerdeskError(error)) {
    const { code, message, details } = error;
    return { code, message, details: sendable(details) };
  }
  return { message: messageOf(error), details: {} };
}

// What cannot be sent would be thrown in the middle of the answer, and nobody would get one.
function sendable(details: ThreadFailure['details']): ThreadFailure['details'] {
  try {
    return structuredClone(details);
  } catch {
    return {};
  }
}

export function fromFailure({ code, message, details }: ThreadFailure): Error {
  // What nobody named stays so: whoever meets it may try again, as it would in one thread.
  return code === undefined ? new Error(message) : new LedgerdeskError(code, message, { details });
}

/** The thread is not there to answer, and another takes its place; or it is busy for too long. */
export function threadEnded(cause?: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.background-thread',
    'the background thread gives no answer: it has ended and is started again, or is busy; ask again',
    cause === undefined ? {} : { cause },
  );
}
