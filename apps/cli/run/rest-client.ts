import { newUuid7 } from '@ledgerdesk/engine';
import type { CommandAnswer, DryRunAnswer, ProblemDocument } from '@ledgerdesk/http';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { CommandCall } from './command-call';

/** After that the answer counts as lost. */
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * Sends a command to a running engine.
 *
 * @throws LedgerdeskError the engine's own refusal by its code, `unavailable.engine` where nobody
 * answers, `unknown-outcome.answer-lost` where the answer did not come.
 */
export async function sendOverRest(
  call: CommandCall,
  url: string,
  { actor, signal }: { readonly actor: string; readonly signal: AbortSignal },
): Promise<CommandAnswer | DryRunAnswer> {
  const key = call.sending.key ?? newUuid7();
  const response = await post(addressOf(call, url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      ...headersOf(call, actor),
    },
    body: JSON.stringify(call.body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw isRefusedConnection(error) ? nobodyAnswers(url, error) : answerLost(url, key, error);
  });
  if (response.status < 400) return response.body as CommandAnswer | DryRunAnswer;
  throw problemError(response.body as ProblemDocument, url);
}

function addressOf({ route, ticket, sending }: CommandCall, url: string): URL {
  const path = route.path.replace('{id}', encodeURIComponent(ticket ?? ''));
  let address: URL;
  try {
    address = new URL(path, url);
  } catch (cause) {
    throw new LedgerdeskError(
      'malformed.option',
      `--url is "${url.slice(0, 100)}"; give such as http://127.0.0.1:3000`,
      { cause, details: { option: '--url' } },
    );
  }
  if (sending.dryRun === true) address.searchParams.set('dryRun', 'true');
  return address;
}

function headersOf({ sending }: CommandCall, actor: string): Record<string, string> {
  const { onBehalfOf, occurredAt, ifMatch } = sending;
  return {
    'x-actor': actor,
    ...(onBehalfOf !== undefined && { 'x-on-behalf-of': onBehalfOf }),
    ...(occurredAt !== undefined && { 'x-occurred-at': occurredAt }),
    ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
  };
}

interface Response {
  readonly status: number;
  readonly body: unknown;
}

async function post(address: URL, request: RequestInit): Promise<Response> {
  const response = await fetch(address, request);
  return { status: response.status, body: JSON.parse(await response.text()) as unknown };
}

function problemError(problem: ProblemDocument, url: string): LedgerdeskError {
  const { code, detail, ...details } = problem;
  if (typeof code === 'string') return new LedgerdeskError(code, detail, { details });
  return new LedgerdeskError(
    'unavailable.engine',
    `what answers at ${url} is no Ledgerdesk engine`,
  );
}

// Node names it on the cause of what `fetch` throws.
function isRefusedConnection(error: unknown): boolean {
  const { cause } = Object(error) as { readonly cause?: unknown };
  const { code } = Object(cause) as { readonly code?: unknown };
  return ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN'].includes(String(code));
}

function nobodyAnswers(url: string, cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.engine',
    `no engine answers at ${url}; start it with \`ledgerdesk serve\`, or leave --url out`,
    { cause, details: { url } },
  );
}

function answerLost(url: string, key: string, cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unknown-outcome.answer-lost',
    `the command went to ${url} and no answer came back; send it again with --key ${key}: ` +
      'it takes effect once',
    { cause, details: { url, key } },
  );
}
