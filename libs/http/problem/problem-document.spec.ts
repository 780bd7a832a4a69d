import { LedgerdeskError, type ErrorCode } from '@ledgerdesk/kernel';
import { problemOf } from './problem-document';
import { statusOf } from './problem-status';

const incidentId = (): string => '0197c6a2-6a4e-7c1e-8f00-000000000001';

describe('the status of an error', () => {
  it.each<[ErrorCode, number]>([
    ['malformed.json', 400],
    ['denied.actor-missing', 401],
    ['denied.role', 403],
    ['missing.ticket', 404],
    ['malformed.method', 405],
    ['refused.state', 409],
    ['conflict.revision', 409],
    ['conflict.revision-pinned', 412],
    ['limit.body-size', 413],
    ['malformed.media-type', 415],
    ['invalid.command', 422],
    ['limit.stream-queue', 429],
    ['limit.header-size', 431],
    ['incompatible.event-version', 500],
    ['corrupt.event-body', 500],
    ['defect.lifecycle', 500],
    ['unavailable.event-store-busy', 503],
    ['unknown-outcome.append', 503],
  ])('%s is %i', (code, status) => {
    expect(statusOf(code)).toBe(status);
  });
});

describe('a problem document', () => {
  it('carries the particulars of an expected error', () => {
    const error = new LedgerdeskError('refused.state', 'not now', {
      details: { allowed: ['AssignIncident'], revision: 4n, status: 'hidden', type: 'hidden' },
    });
    expect(problemOf(error, '/x', incidentId)).toEqual({
      document: {
        type: 'urn:ledgerdesk:problem:refused.state',
        title: 'Not possible in the present state',
        status: 409,
        detail: 'not now',
        instance: '/x',
        code: 'refused.state',
        allowed: ['AssignIncident'],
        revision: '4',
      },
      retryAfterSeconds: undefined,
      isInternal: false,
    });
  });

  it.each([
    new Error('connect ECONNREFUSED 10.0.0.7:5432'),
    new TypeError('x is not a function'),
    'a string',
    undefined,
    { statusCode: 502, message: 'secret' },
    new LedgerdeskError('corrupt.event-body', 'secret', { details: { path: '/secret' } }),
  ])('gives nothing away of our own faults: %p', (error) => {
    const { document, isInternal } = problemOf(error, '/x', incidentId);
    expect(isInternal).toBe(true);
    expect(document).toMatchObject({ status: 500, instance: `urn:uuid:${incidentId()}` });
    expect(JSON.stringify(document)).not.toMatch(/secret|ECONNREFUSED|function|string/);
  });

  it.each([
    [{ statusCode: 404 }, 'missing.route', 404],
    [{ statusCode: 413 }, 'limit.body-size', 413],
    [{ statusCode: 414 }, 'malformed.url', 400],
    [{ code: 'HPE_HEADER_OVERFLOW', statusCode: 400 }, 'limit.header-size', 431],
    [{ code: 'ERR_HTTP_REQUEST_TIMEOUT', statusCode: 400 }, 'limit.request-time', 408],
    [{ statusCode: 400 }, 'malformed.request', 400],
  ])('names the fault that the framework found: %j', (error, code, status) => {
    expect(problemOf(error, '/x', incidentId).document).toMatchObject({ code, status });
  });

  it.each<[ErrorCode, number | undefined]>([
    ['limit.projection-lag', 1],
    ['unavailable.shutting-down', 1],
    ['conflict.revision', 1],
    ['refused.state', undefined],
    ['limit.body-size', undefined],
  ])('of %s says when to come back: %p', (code, seconds) => {
    const { retryAfterSeconds } = problemOf(new LedgerdeskError(code, 'x'), '/x', incidentId);
    expect(retryAfterSeconds).toBe(seconds);
  });
});
