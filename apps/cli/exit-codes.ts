import { errorKindOf, isLedgerdeskError, type ErrorKind } from '@ledgerdesk/kernel';

/** The process's answer in one number; documented in docs/reference/cli.md. */
export const EXIT = {
  ok: 0,
  /** It ran, and what it found is not as it should be: faults in the log, refused rows. */
  found: 1,
  usage: 2,
  missing: 3,
  unavailable: 4,
  corrupt: 5,
  defect: 70,
  interrupted: 130,
} as const;

const BY_KIND: Readonly<Record<ErrorKind, number>> = {
  malformed: EXIT.usage,
  invalid: EXIT.usage,
  denied: EXIT.unavailable,
  missing: EXIT.missing,
  refused: EXIT.found,
  conflict: EXIT.unavailable,
  limit: EXIT.unavailable,
  unavailable: EXIT.unavailable,
  'unknown-outcome': EXIT.unavailable,
  incompatible: EXIT.corrupt,
  corrupt: EXIT.corrupt,
  defect: EXIT.defect,
};

/** The exit code of an error that ended a verb. */
export function exitCodeOf(error: unknown): number {
  if (isLedgerdeskError(error)) return BY_KIND[errorKindOf(error.code)];
  return isAbort(error) ? EXIT.interrupted : EXIT.defect;
}

/** Whether the error is the answer to an interruption by the user. */
export function isAbort(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError'
  );
}
