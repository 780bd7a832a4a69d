import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A piece of work as a service reported it. */
export interface ReportedSpan {
  /** Such as `ledgerdesk-flow-service`. */
  readonly service: string;
  readonly traceId: string;
  readonly name: string;
}

/** The part of OTLP in JSON that is looked at. */
interface TraceReport {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly {
        readonly key: string;
        readonly value: { readonly stringValue?: string };
      }[];
    };
    readonly scopeSpans: readonly {
      readonly spans: readonly { readonly traceId: string; readonly name: string }[];
    }[];
  }[];
}

/** An OpenTelemetry collector, as far as services need one: it takes what they send. */
export class TraceCollector {
  private readonly spans: ReportedSpan[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.take(request, response));
  }

  static async start(): Promise<TraceCollector> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TraceCollector(server);
  }

  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What was done in a trace, each as `<service>: <name>`, without repetitions. */
  stepsOf(traceId: string): readonly string[] {
    const steps = this.spans
      .filter((span) => span.traceId === traceId)
      .map(({ service, name }) => `${service.replace('ledgerdesk-', '')}: ${name}`);
    return [...new Set(steps)];
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.note((await json(request)) as TraceReport);
      response.setHeader('content-type', 'application/json').end('{}');
    } catch {
      // Who sent it was killed.
      response.destroy();
    }
  }

  private note({ resourceSpans }: TraceReport): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const name = resource.attributes.find(({ key }) => key === 'service.name');
      const service = name?.value.stringValue ?? '';
      for (const { spans } of scopeSpans) {
        this.spans.push(...spans.map((span) => ({ ...span, service })));
      }
    }
  }
}
