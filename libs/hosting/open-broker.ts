import {
  BrokerDispatch,
  CommandOutcomes,
  createEngineRegistry,
  LeasedEventRelay,
  systemClock,
  type CommandDispatch,
  type Engine,
  type Tracing,
} from '@ledgerdesk/engine';
import type { EventStore } from '@ledgerdesk/event-store';
import {
  startCommandConsumer,
  type BrokerStatus,
  type CommandConsumer,
  type HttpLog,
} from '@ledgerdesk/http';
import { openMessageBroker, type MessageBroker } from '@ledgerdesk/messaging';
import { processes } from '@ledgerdesk/processes';
import type { EngineConfiguration } from './configuration';
import type { Resources } from './resources';
import type { ServiceRole } from './service-role';
import { version } from './version';

/**
 * The broker that `BROKER_URL` names; undefined where it names none. Connects with the first use.
 *
 * @throws LedgerdeskError `invalid.broker-url`
 */
export async function openBroker(
  { brokerUrl }: EngineConfiguration,
  { name }: ServiceRole,
  resources: Resources,
): Promise<MessageBroker | undefined> {
  if (brokerUrl === undefined) return undefined;
  return resources.own(await openMessageBroker(brokerUrl, { clientId: `ledgerdesk-${name}` }));
}

/**
 * Sends commands of flows by the broker, so that they reach whichever process hosts theirs; their
 * outcomes are read from the log. Undefined where flows need not go round by a broker: there is
 * none, or commands are taken in this process.
 */
export function brokerDispatch(
  broker: MessageBroker | undefined,
  { consumesCommands }: ServiceRole,
  eventStore: EventStore,
): CommandDispatch | undefined {
  if (broker === undefined || consumesCommands) return undefined;
  const registry = createEngineRegistry(processes);
  const outcomes = new CommandOutcomes({ eventStore, registry, clock: systemClock });
  return new BrokerDispatch({ broker, outcomes });
}

/** What is started over the broker, and for whom. */
export interface BrokerWork {
  readonly broker: MessageBroker;
  readonly configuration: EngineConfiguration;
  readonly role: ServiceRole;
  readonly engine: Engine;
  /** This process, under an id that no other start has had. */
  readonly holder: string;
  readonly log: HttpLog;
  readonly tracing: Tracing;
}

/**
 * Starts what the role does over the broker: take commands, publish the log. Resolves although the
 * broker may be down. Gives how it stands, for health and metrics.
 */
export async function startBrokerWork(
  work: BrokerWork,
  resources: Resources,
): Promise<() => BrokerStatus> {
  const { consumesCommands, relaysEvents } = work.role;
  const commands = consumesCommands ? resources.own(await takeCommands(work)) : undefined;
  const relay = relaysEvents ? publishLog(work, resources) : undefined;
  return () => ({
    ...(relay && { relay: relay.figures() }),
    ...(commands && { commands: commands.figures() }),
  });
}

function takeCommands({
  configuration: { hostedProcesses },
  ...work
}: BrokerWork): Promise<CommandConsumer> {
  const { engine, broker, log, tracing } = work;
  return startCommandConsumer({
    ...{ engine, broker, log, tracing, version },
    ...(hostedProcesses && { hostedProcesses }),
  });
}

function publishLog(
  { configuration, broker, engine, holder, log, tracing }: BrokerWork,
  resources: Resources,
): LeasedEventRelay {
  const { eventStore, readStore, registry, processes: ofEngine } = engine;
  const relay = new LeasedEventRelay({
    ...{ broker, eventStore, readStore, registry, holder, tracing },
    leaseTtlMs: configuration.leaseTtlMs,
    processes: [...ofEngine.values()],
    onFailure: (error) => log.error({ err: error }, 'the log is not being published'),
  });
  resources.own({ close: () => relay.stop() });
  relay.start();
  return relay;
}
