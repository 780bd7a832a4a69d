import { setImmediate as nextTurn } from 'node:timers/promises';
import { commandSpanIdOf, traceIdOf, traceparentOf } from '@ledgerdesk/engine';
import { CounterDesk, echoFlow, LogFlowIndex, openTestEngine } from '@ledgerdesk/engine/testing';
import { openEventStore } from '@ledgerdesk/event-store';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { tracingTo, type OpenTelemetryTracing } from './open-telemetry';
import { recordFolding, tracedEventStore } from './traced-parts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

let exporter: InMemorySpanExporter;
let tracing: OpenTelemetryTracing;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  tracing = tracingTo('spec', {
    export: (spans, done) => exporter.export(spans, done),
    // What was sent is looked at after the end.
    shutdown: () => Promise.resolve(),
  });
});

async function finishedSpans(): Promise<readonly ReadableSpan[]> {
  await tracing.close();
  return exporter.getFinishedSpans();
}

describe('a trace', () => {
  it('follows a command from the request through the log to read models, flows and further commands', async () => {
    const eventStore = await openEventStore('memory:');
    const engine = await openTestEngine({
      eventStore: tracedEventStore(eventStore, tracing),
      tracing,
      flows: [echoFlow('echo')],
      flowOptions: {
        index: new LogFlowIndex(eventStore),
        scheduler: { after: () => () => undefined },
      },
    });
    const desk = new CounterDesk(engine);
    const { id } = await desk.open();
    const request = { commandId: 'add-1', correlationId: TRACE };
    const work = {
      name: 'POST /counters/{id}/add',
      kind: 'server',
      attributes: {},
      request: {
        correlationId: TRACE,
        traceparent: { traceId: TRACE, spanId: '00f067aa0ba902b7' },
      },
    } as const;
    await tracing.within(
      () => work,
      () => desk.add(id, 1, request),
    );
    const accepted = async (): Promise<number | undefined> =>
      (await engine.flows?.metrics())?.commandsAccepted;
    while ((await accepted()) !== 1) await nextTurn();
    for await (const row of eventStore.readStream(`counter-${id}`, { from: 1n, limit: 1 })) {
      recordFolding(tracing, {
        events: [row],
        projections: ['counter-list'],
        startedMs: Date.now(),
      });
    }
    await engine.close();

    const ofTrace = (await finishedSpans()).filter((span) => span.spanContext().traceId === TRACE);
    const byId = new Map(ofTrace.map((span) => [span.spanContext().spanId, span.name]));
    const steps = ofTrace.map(
      ({ name, parentSpanContext: parent }) => `${byId.get(parent?.spanId ?? '') ?? '-'} > ${name}`,
    );
    expect(steps).toEqual(
      expect.arrayContaining([
        '- > POST /counters/{id}/add',
        'POST /counters/{id}/add > command Add',
        'command Add > append',
        'command Add > project CounterAdded',
        'command Add > flow echo',
        'flow echo > append',
        'flow echo > send Add',
        'send Add > command Add',
      ]),
    );
  });

  it('is told by an event alone: no context is stored in it', async () => {
    const envelope = { correlationId: 'order 7', commandId: 'c-1' };
    await tracing.within(
      () => ({ name: 'command', kind: 'internal', attributes: {}, command: envelope }),
      () => Promise.resolve(),
    );
    const [span] = await finishedSpans();
    const { traceId, spanId } = span?.spanContext() ?? {};
    expect([traceId, spanId]).toEqual([traceIdOf('order 7'), commandSpanIdOf('c-1')]);
    expect(traceparentOf(envelope)).toBe(`00-${traceId}-${spanId}-01`);
  });

  it('says what failed, and leaves the failure as it is', async () => {
    const failing = tracing.within(
      () => ({ name: 'append', kind: 'client', attributes: {} }),
      () => Promise.reject(new Error('the disk is full')),
    );
    await expect(failing).rejects.toThrow('the disk is full');
    const [span] = await finishedSpans();
    expect(span?.status).toEqual({ code: 2, message: 'the disk is full' });
  });
});
