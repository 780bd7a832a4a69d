import { connect } from 'node:net';

// A light load generator: one request under way on each raw connection, no HTTP library in between.

const HEADER_END = '\r\n\r\n';

/** One kept-open connection that sends a request and gives the answer. */
class Connection {
  constructor(port) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.setEncoding('latin1');
    this.pending = '';
    this.socket.on('data', (text) => this.take(text));
    this.socket.on('error', (error) => this.fail?.(error));
    this.opened = new Promise((resolve) => this.socket.once('connect', resolve));
  }

  send(text) {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.fail = reject;
      this.socket.write(text);
    });
  }

  take(text) {
    this.pending += text;
    const end = this.pending.indexOf(HEADER_END);
    if (end === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(this.pending)?.[1] ?? 0);
    const total = end + HEADER_END.length + length;
    if (this.pending.length < total) return;
    const answer = {
      status: Number(this.pending.slice(9, 12)),
      body: this.pending.slice(end + HEADER_END.length, total),
    };
    this.pending = this.pending.slice(total);
    this.resolve(answer);
  }

  close() {
    this.socket.destroy();
  }
}

/** The bytes of a command. */
export function commandText(path, body) {
  const content = JSON.stringify(body);
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Actor: bench\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`
  );
}

/**
 * Runs a scenario on each of the connections again and again for the time given. A scenario is
 * `async (send) => void`, where `send(text)` gives the body of a 2xx answer as an object.
 */
export async function load({ port, connections, durationMs, scenario }) {
  const open = Array.from({ length: connections }, () => new Connection(port));
  await Promise.all(open.map(({ opened }) => opened));
  const latencies = [];
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  await Promise.all(
    open.map(async (connection) => {
      const send = async (text) => {
        const sentMs = performance.now();
        const { status, body } = await connection.send(text);
        latencies.push(performance.now() - sentMs);
        if (status >= 300) throw new Error(`answered ${status}: ${body}`);
        return JSON.parse(body);
      };
      while (performance.now() < endMs) await scenario(send);
    }),
  );
  const tookMs = performance.now() - startMs;
  for (const connection of open) connection.close();
  latencies.sort((a, b) => a - b);
  return {
    requestsPerSecond: (latencies.length / tookMs) * 1000,
    p50Ms: latencies[Math.floor(latencies.length * 0.5)],
    p99Ms: latencies[Math.floor(latencies.length * 0.99)],
  };
}
