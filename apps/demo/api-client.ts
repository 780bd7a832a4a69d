import { Agent, request } from 'node:http';

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends the demonstration's requests over real HTTP with connections that are kept open. */
export class ApiClient {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  async get(path: string): Promise<unknown> {
    return this.expectSuccess('GET', path, await this.send('GET', path, {}));
  }

  async post(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
  ): Promise<unknown> {
    return this.expectSuccess('POST', path, await this.send('POST', path, headers, body));
  }

  close(): void {
    this.agent.destroy();
  }

  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: unknown,
  ): Promise<ApiAnswer> {
    const content = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, this.url),
        {
          agent: this.agent,
          method,
          headers: content === undefined ? headers : { ...headers, ...contentHeaders(content) },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const parsed: unknown = text === '' ? null : JSON.parse(text);
            resolve({ status: incoming.statusCode ?? 0, body: parsed });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(content);
    });
  }

  private expectSuccess(method: string, path: string, answer: ApiAnswer): unknown {
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(
      `${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`,
    );
  }
}

function contentHeaders(content: string): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(content)),
  };
}
