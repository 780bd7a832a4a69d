import { storedFlowCheckpoints } from '@ledgerdesk/engine';
import { openEventStoreForReading } from '@ledgerdesk/event-store';
import {
  EventStoreDbTestServer,
  KafkaTestServer,
  MongoDbTestServer,
} from '@ledgerdesk/test-servers';
import { eventually } from '@ledgerdesk/kernel/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess, SERVICES, type ServiceName } from './service-process';
import { TraceCollector } from './trace-collector';

const INSTANCES = 2;

/** As an operator would set it, but that nobody wants to wait for long. */
const SETTINGS = {
  // A leader that is killed is replaced within this time and a look at the leases.
  LEASE_TTL_MS: '3000',
  SHUTDOWN_TIMEOUT_MS: '60000',
  OTEL_BSP_SCHEDULE_DELAY: '500',
};

/** Names of what the services host; absent, all there is. */
export interface Hosted {
  readonly processes?: readonly string[];
  readonly projections?: readonly string[];
  readonly flows?: readonly string[];
}

/** An answer with its body read as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Servers in this process, and around them each service as two processes of its own. */
export class SystemUnderTest {
  private readonly services = new Map<ServiceName, ServiceProcess[]>();
  private turn = 0;

  private constructor(
    readonly eventStore: EventStoreDbTestServer,
    readonly readStore: MongoDbTestServer,
    readonly broker: KafkaTestServer,
    readonly traces: TraceCollector,
    private readonly dataDir: string,
    private readonly hosted: Hosted,
  ) {}

  static async start(hosted: Hosted): Promise<SystemUnderTest> {
    const [eventStore, readStore, broker, traces, dataDir] = await Promise.all([
      EventStoreDbTestServer.start({ hasGate: true }),
      MongoDbTestServer.start(),
      KafkaTestServer.start({ createsTopics: true }),
      TraceCollector.start(),
      mkdtemp(join(tmpdir(), 'ledgerdesk-system-')),
    ]);
    const system = new SystemUnderTest(eventStore, readStore, broker, traces, dataDir, hosted);
    for (const service of SERVICES) {
      const started = Array.from({ length: INSTANCES }, () => system.spawn(service));
      system.services.set(service, started);
    }
    return system;
  }

  /** Resolves once each process says that it is ready. */
  async ready(): Promise<void> {
    const all = [...this.services.values()].flat();
    await Promise.all(all.map((service) => untilReady(service)));
  }

  /** Resolves once each flow runs: what happened before its first run is not its business. */
  async flowsRun(flows: readonly string[]): Promise<void> {
    const eventStore = await openEventStoreForReading(this.eventStore.url);
    await until(async () => (await storedFlowCheckpoints(eventStore, flows)).size === flows.length);
    await eventStore.close();
  }

  instances(service: ServiceName): readonly ServiceProcess[] {
    return this.services.get(service) ?? [];
  }

  /** Where an instance of the service is, another one each time; one that is up if there is one. */
  async urlOf(service: ServiceName): Promise<string> {
    const running = this.instances(service).filter(({ isRunning }) => isRunning);
    const listening = running.filter(({ isListening }) => isListening);
    const eligible = listening.length > 0 ? listening : running;
    this.turn += 1;
    const chosen = eligible[this.turn % eligible.length];
    if (chosen === undefined) throw new Error(`no ${service} is running`);
    return chosen.url;
  }

  /** Kills one instance with SIGKILL and starts another in its place. */
  async killAndReplace(service: ServiceName, index: number): Promise<void> {
    const instances = this.services.get(service) ?? [];
    await instances[index]?.kill();
    instances[index] = this.spawn(service);
  }

  /** Which of the service's instances is that process of the operating system. */
  indexOf(service: ServiceName, pid: number): number {
    return this.instances(service).findIndex((instance) => instance.pid === pid);
  }

  /** Cuts each connection of each service to each server, all at once. */
  cutConnections(): void {
    this.eventStore.connections.cut();
    this.readStore.dropConnections();
    this.broker.dropConnections();
  }

  /** Which of the service's instances is there. */
  async indexAt(service: ServiceName, url: string): Promise<number> {
    return (await Promise.all(this.instances(service).map((instance) => instance.url))).indexOf(
      url,
    );
  }

  async post(
    path: string,
    body: unknown,
    key: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const headers = {
      'content-type': 'application/json',
      'x-actor': 'ada',
      'idempotency-key': key,
      ...more,
    };
    const url = (await this.urlOf('command-service')) + path;
    return answerOf(await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }));
  }

  async get(path: string): Promise<Answer> {
    return answerOf(await fetch((await this.urlOf('query-service')) + path));
  }

  /** Asks each process to stop, and gives what those said that did not end well. */
  async stop(): Promise<readonly string[]> {
    const all = [...this.services.values()].flat();
    const codes = await Promise.all(all.map((service) => service.stop()));
    return all
      .filter((_, index) => codes[index] !== 0)
      .map(({ service, log }) => `${service}: ${log.slice(-2_000)}`);
  }

  /** Whatever a test has left behind. */
  async end(): Promise<void> {
    const all = [...this.services.values()].flat();
    await Promise.all(all.filter(({ isRunning }) => isRunning).map((service) => service.kill()));
    await Promise.all([this.eventStore.kill(), this.readStore.kill(), this.broker.kill()]);
    await this.traces.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private spawn(service: ServiceName): ServiceProcess {
    const { processes = [], projections = [], flows = [] } = this.hosted;
    return new ServiceProcess(service, {
      ...SETTINGS,
      DATA_DIR: this.dataDir,
      EVENT_STORE_URL: this.eventStore.url,
      READ_STORE_URL: this.readStore.url,
      BROKER_URL: this.broker.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: this.traces.url,
      // An empty one counts as absent.
      PROCESSES: processes.join(','),
      PROJECTIONS: projections.join(','),
      FLOWS: flows.join(','),
    });
  }
}

/** Of another process, which is left more time between two questions. */
export function until(condition: () => Promise<boolean>): Promise<void> {
  return eventually(condition, 'the condition', { everyMs: 50, withinMs: 300_000 });
}

async function untilReady(service: ServiceProcess): Promise<void> {
  const url = await service.url;
  await until(async () => {
    if (!service.isRunning) throw new Error(`${service.service} ended: ${service.log}`);
    return (await fetch(`${url}/ready`).catch(() => undefined))?.status === 200;
  });
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
