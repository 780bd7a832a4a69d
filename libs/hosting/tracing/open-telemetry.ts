import { messageOf } from '@ledgerdesk/kernel';
import { AsyncLocalStorage } from 'node:async_hooks';
import { commandSpanIdOf, traceIdOf, type TracedWork, type Tracing } from '@ledgerdesk/engine';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  RandomIdGenerator,
  type IdGenerator,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';

const KINDS = {
  server: SpanKind.SERVER,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const;

/** Spans that wait to be sent; more are dropped rather than held. */
const QUEUED_SPANS_MAX = 10_000;

/** Tracing that its owner ends. */
export interface OpenTelemetryTracing extends Tracing {
  /** Sends what is left, as far as the collector takes it. */
  close(): Promise<void>;
}

/**
 * Spans over OTLP, to the collector at the URL. Nothing waits for it, whether it is there or not.
 */
export function openTelemetry(service: string, tracesUrl: string): OpenTelemetryTracing {
  const url = `${tracesUrl.replace(/\/+$/, '')}/v1/traces`;
  return tracingTo(service, new OTLPTraceExporter({ url }));
}

/** Spans to any exporter. */
export function tracingTo(service: string, exporter: SpanExporter): OpenTelemetryTracing {
  const ids = new ChosenIds();
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: resourceFromAttributes({ 'service.name': `ledgerdesk-${service}` }),
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: QUEUED_SPANS_MAX })],
  });
  const spans = new SpanSource(provider.getTracer('ledgerdesk'), ids);
  return {
    within: (work, task) => spans.within(work(), task),
    record: (work, startedMs) => spans.start(work(), startedMs).end(),
    close: () => provider.shutdown().catch(() => undefined),
  };
}

/**
 * Ids that are given out once where they were chosen, random ones otherwise. A span is started
 * without a pause between the choice and the taking.
 */
class ChosenIds implements IdGenerator {
  private readonly random = new RandomIdGenerator();
  private traceId: string | undefined;
  private spanId: string | undefined;

  choose(traceId: string | undefined, spanId: string | undefined): void {
    this.traceId = traceId;
    this.spanId = spanId;
  }

  readonly generateTraceId = (): string => this.traceId ?? this.random.generateTraceId();
  readonly generateSpanId = (): string => this.spanId ?? this.random.generateSpanId();
}

class SpanSource {
  private readonly current = new AsyncLocalStorage<Span>();

  constructor(
    private readonly tracer: Tracer,
    private readonly ids: ChosenIds,
  ) {}

  async within<T>(work: TracedWork, task: () => Promise<T>): Promise<T> {
    const span = this.start(work);
    try {
      return await this.current.run(span, task);
    } catch (error) {
      const message = messageOf(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      throw error;
    } finally {
      span.end();
    }
  }

  start(work: TracedWork, startedMs?: number): Span {
    const { name, kind, attributes } = work;
    const place = this.placeOf(work);
    this.ids.choose(place.traceId, place.spanId);
    try {
      const options = {
        kind: KINDS[kind],
        attributes,
        links: place.links,
        ...(startedMs !== undefined && { startTime: startedMs }),
      };
      return this.tracer.startSpan(name, options, place.context);
    } finally {
      this.ids.choose(undefined, undefined);
    }
  }

  private placeOf({ command, follows, request }: TracedWork): SpanPlace {
    const active = this.current.getStore()?.spanContext();
    const envelope = command ?? follows ?? request;
    if (envelope === undefined) return { context: below(active), links: [] };
    const asked = request?.traceparent;
    const traceId = asked?.traceId ?? traceIdOf(envelope.correlationId);
    const cause = follows && { traceId, spanId: commandSpanIdOf(follows.commandId) };
    const [here, elsewhere] =
      active?.traceId === traceId ? [active, undefined] : [undefined, active];
    return {
      traceId,
      ...(command && { spanId: commandSpanIdOf(command.commandId) }),
      context: below(cause ?? asked ?? here),
      links: elsewhere ? [{ context: elsewhere }] : [],
    };
  }
}

interface SpanPlace {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly context: Context;
  readonly links: Link[];
}

function below(parent: Pick<SpanContext, 'traceId' | 'spanId'> | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}
