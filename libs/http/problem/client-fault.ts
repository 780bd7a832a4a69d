import { LedgerdeskError } from '@ledgerdesk/kernel';

// Codes by which Node's HTTP parser and Fastify's router name what they refuse to read.
const BY_PARSER_CODE: Readonly<Record<string, () => LedgerdeskError>> = {
  HPE_HEADER_OVERFLOW: headersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: tooSlow,
  FST_ERR_BAD_URL: () =>
    new LedgerdeskError(
      'malformed.url',
      'the path cannot be decoded; a percent sign stands before two hexadecimal digits: %25',
    ),
};

/**
 * The client's fault that Nest, Fastify or Node's HTTP parser found, in our words; undefined where
 * the error is not the client's fault.
 */
export function clientFaultOf(error: unknown): LedgerdeskError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, statusCode, status } = error as {
    readonly code?: unknown;
    readonly statusCode?: unknown;
    readonly status?: unknown;
  };
  const byParser = typeof code === 'string' ? BY_PARSER_CODE[code] : undefined;
  if (byParser !== undefined) return byParser();
  const httpStatus = typeof statusCode === 'number' ? statusCode : status;
  return typeof httpStatus === 'number' ? byStatus(httpStatus, error) : undefined;
}

function byStatus(status: number, error: object): LedgerdeskError | undefined {
  switch (status) {
    case 404:
      return new LedgerdeskError(
        'missing.route',
        'nothing is served at this path; /openapi.json lists what is',
      );
    case 408:
      return tooSlow();
    case 413:
      return new LedgerdeskError('limit.body-size', 'the body is larger than this route takes');
    case 414:
      return new LedgerdeskError('malformed.url', 'the path or one of its parts is too long');
    case 415:
      return new LedgerdeskError('malformed.media-type', 'send the body as application/json');
    case 431:
      return headersTooLarge();
    default:
      return status >= 400 && status < 500
        ? new LedgerdeskError(
            'malformed.request',
            error instanceof Error ? error.message : 'the request cannot be read',
          )
        : undefined;
  }
}

function headersTooLarge(): LedgerdeskError {
  return new LedgerdeskError(
    'limit.header-size',
    'the request line and headers are larger than 16 KiB together; send less in the URL',
  );
}

function tooSlow(): LedgerdeskError {
  return new LedgerdeskError(
    'limit.request-time',
    'the request did not arrive in time; send it again at once and whole',
  );
}
