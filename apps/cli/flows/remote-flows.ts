import type {
  FlowInstanceQuery,
  FlowInstanceRow,
  FlowInstanceView,
  FlowPage,
  FlowSummary,
  FlowTimerQuery,
  FlowTimerRow,
} from '@ledgerdesk/engine';
import { isLedgerdeskError, LedgerdeskError, type ErrorCode } from '@ledgerdesk/kernel';
import type { FlowAct, FlowClient, FlowKey } from './flow-client.port';

/** After that no answer is waited for. */
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * Flows of a running engine, over REST. Positions and revisions come as text; whoever shows them
 * does not see the difference.
 */
export class RemoteFlows implements FlowClient {
  constructor(
    private readonly url: string,
    private readonly signal: AbortSignal,
  ) {}

  list(): Promise<{ readonly items: readonly FlowSummary[] }> {
    return this.ask('flows');
  }

  instances({ flow, ...query }: FlowInstanceQuery): Promise<FlowPage<FlowInstanceRow>> {
    return this.ask(`flows/${encodeURIComponent(flow)}/instances`, query);
  }

  show(address: FlowKey): Promise<FlowInstanceView> {
    return this.ask(pathOf(address));
  }

  timers(query: FlowTimerQuery): Promise<FlowPage<FlowTimerRow>> {
    return this.ask('flow-timers', query);
  }

  act(address: FlowKey, act: FlowAct, actor: string): Promise<FlowInstanceView> {
    const { act: verb, ...fields } = act;
    const { timer, ...body } = { timer: '', ...fields };
    const route = verb === 'move' ? `timers/${encodeURIComponent(timer)}/move` : verb;
    return this.ask(
      `${pathOf(address)}/${route}`,
      {},
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-actor': actor },
        body: JSON.stringify(body),
      },
    );
  }

  /** @throws LedgerdeskError the engine's own by its code; `unavailable.engine`. */
  private async ask<Answer>(
    path: string,
    query: object = {},
    request: RequestInit = {},
  ): Promise<Answer> {
    const address = this.addressOf(path, query);
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    try {
      const response = await fetch(address, { ...request, signal });
      const body = JSON.parse(await response.text()) as Answer;
      if (response.ok) return body;
      throw problemOf(body, this.url);
    } catch (error) {
      this.signal.throwIfAborted();
      if (isLedgerdeskError(error)) throw error;
      throw noAnswer(this.url, error);
    }
  }

  private addressOf(path: string, query: object): URL {
    try {
      const address = new URL(`/api/v1/${path}`, this.url);
      for (const [name, value] of Object.entries(query)) {
        address.searchParams.set(name, String(value));
      }
      return address;
    } catch (cause) {
      throw new LedgerdeskError(
        'malformed.option',
        `--url is "${this.url.slice(0, 100)}"; give such as http://127.0.0.1:3000`,
        { cause, details: { option: '--url' } },
      );
    }
  }
}

function pathOf({ flow, key }: FlowKey): string {
  return `flows/${encodeURIComponent(flow)}/instances/${encodeURIComponent(key)}`;
}

function problemOf(body: unknown, url: string): LedgerdeskError {
  const { code, detail, ...details } = body as Readonly<Record<string, unknown>>;
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
