import { isLedgerdeskError, LedgerdeskError, type ErrorCode } from '@ledgerdesk/kernel';

/** After that no answer is waited for. */
const ANSWER_TIMEOUT_MS = 60_000;

/** A running engine, and what ends the waiting for its answers. */
export interface EngineAddress {
  readonly url: string;
  readonly signal: AbortSignal;
}

/**
 * Asks a running engine over REST. Positions and revisions come as text; whoever shows them does
 * not see the difference.
 *
 * @param path below `/api/v1`
 * @throws LedgerdeskError the engine's own by its code; `unavailable.engine`, `malformed.option`.
 */
export async function askEngine<Answer>(
  { url, signal }: EngineAddress,
  path: string,
  query: object = {},
  request: RequestInit = {},
): Promise<Answer> {
  const address = addressOf(url, path, query);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
  try {
    const response = await fetch(address, { ...request, signal: limited });
    const body = JSON.parse(await response.text()) as Answer;
    if (response.ok) return body;
    throw problemOf(body, url);
  } catch (error) {
    signal.throwIfAborted();
    if (isLedgerdeskError(error)) throw error;
    throw noAnswer(url, error);
  }
}

function addressOf(url: string, path: string, query: object): URL {
  try {
    const address = new URL(`/api/v1/${path}`, url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, String(value));
    }
    return address;
  } catch (cause) {
    throw new LedgerdeskError(
      'malformed.option',
      `--url is "${url.slice(0, 100)}"; give such as http://127.0.0.1:3000`,
      { cause, details: { option: '--url' } },
    );
  }
}

function problemOf(body: unknown, url: string): LedgerdeskError {
  const { code, detail, ...details } = Object(body) as Readonly<Record<string, unknown>>;
  return typeof code === 'string'
    ? new LedgerdeskError(code as ErrorCode, String(detail), { details })
    : noAnswer(url, body);
}

function noAnswer(url: string, cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.engine',
    `no engine answers at ${url}; start it with \`ledgerdesk serve\`, or leave --url out`,
    { cause, details: { url } },
  );
}
