import { isLedgerdeskError, type ErrorCode, type LedgerdeskError } from '@ledgerdesk/kernel';
import { clientFaultOf } from './client-fault';
import { problemTitleOf, problemTypeOf, retryAfterSecondsOf, statusOf } from './problem-status';

/** An RFC 9457 problem document. What an error's details add stands beside these members. */
export interface ProblemDocument {
  /** `urn:ledgerdesk:problem:<code>` */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** This very occurrence: the path of the request, or the id under which the server logged it. */
  readonly instance: string;
  readonly code: ErrorCode;
  readonly [extension: string]: unknown;
}

export interface Problem {
  readonly document: ProblemDocument;
  readonly retryAfterSeconds: number | undefined;
  /** True where the client gets no particulars and the operator has to look into the log. */
  readonly isInternal: boolean;
}

const RESERVED = new Set(['type', 'title', 'status', 'detail', 'instance', 'code']);
const CODE = /^[a-z-]+\.[a-z0-9.-]+$/;

/**
 * What a client sees of anything thrown. Errors of the family show their message and details;
 * faults of the request that the framework found are given a code; all else is `defect.unexpected`
 * with nothing but an incident id.
 *
 * @param instance path of the request
 * @param incidentId names the occurrence in the log
 */
export function problemOf(error: unknown, instance: string, incidentId: () => string): Problem {
  const known = isLedgerdeskError(error) ? error : clientFaultOf(error);
  if (known === undefined || !CODE.test(known.code)) {
    return internalProblem('defect.unexpected', incidentId());
  }
  const status = statusOf(known.code);
  return status >= 500 && status !== 503
    ? internalProblem(known.code, incidentId())
    : {
        document: documentOf(known, status, instance),
        retryAfterSeconds: retryAfterSecondsOf(known.code, status),
        isInternal: false,
      };
}

function documentOf(error: LedgerdeskError, status: number, instance: string): ProblemDocument {
  const extensions: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(error.details)) {
    if (!RESERVED.has(name)) extensions[name] = typeof value === 'bigint' ? String(value) : value;
  }
  return {
    type: problemTypeOf(error.code),
    title: problemTitleOf(status),
    status,
    detail: error.message,
    instance,
    code: error.code,
    ...extensions,
  };
}

function internalProblem(code: ErrorCode, incidentId: string): Problem {
  return {
    document: {
      type: problemTypeOf(code),
      title: problemTitleOf(500),
      status: 500,
      detail: 'Something went wrong on our side; the log names it by the id in "instance".',
      instance: `urn:uuid:${incidentId}`,
      code,
    },
    retryAfterSeconds: undefined,
    isInternal: true,
  };
}
