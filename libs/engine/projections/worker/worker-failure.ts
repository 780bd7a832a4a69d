import { isLedgerdeskError, LedgerdeskError, messageOf } from '@ledgerdesk/kernel';
import type { WorkerFailure } from './projection-worker.protocol';

export function toFailure(error: unknown): WorkerFailure {
  if (isLedgerdeskError(error)) {
    const { code, message, details } = error;
    return { code, message, details };
  }
  return { message: messageOf(error), details: {} };
}

export function fromFailure({ code, message, details }: WorkerFailure): LedgerdeskError {
  return new LedgerdeskError(code ?? 'defect.projection-worker', message, { details });
}
