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
import { startCommandConsumer, type BrokerStatus, type HttpLog } from '@ledgerdesk/http';
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
export function openBroker(
  { brokerUrl }: EngineConfiguration,
  { name }: ServiceRole,
  resources: Resources,
): MessageBroker | undefined {
  if (brokerUrl === undefined) return undefined;
  return resources.own(openMessageBroker(brokerUrl, { clientId: `ledgerdesk-${name}` }));
}

/**
 * Sends commands of flows by the broker, so that they reach whichever process hosts theirs; their
 * outcomes are read from the log.
 */
export function brokerDispatch(broker: MessageBroker, eventStore: EventStore): CommandDispatch {
  const registry = createEngineRegistry(processes);
  return new BrokerDispatch({
    broker,
    outcomes: new CommandOutcomes({ eventStore, registry, clock: systemClock }),
  });
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
 * Starts what the role does over the broker: publish the log, take commands. Resolves although the
 * broker may be down. Gives how it stands, for health and metrics.
 */
export async function startBrokerWork(
  { broker, configuration, role, engine, holder, log, tracing }: BrokerWork,
  resources: Resources,
): Promise<() => BrokerStatus> {
  const { hostedProcesses, leaseTtlMs } = configuration;
  const commands = role.consumesCommands
    ? resources.own(
        await startCommandConsumer({
          ...{ engine, broker, log, tracing, version },
          ...(hostedProcesses && { hostedProcesses }),
        }),
      )
    : undefined;
  const relay = role.relaysEvents
    ? new LeasedEventRelay({
        ...{ broker, holder, leaseTtlMs },
        eventStore: engine.eventStore,
        readStore: engine.readStore,
        registry: engine.registry,
        processes: [...engine.processes.values()],
        onFailure: (error) => log.error({ err: error }, 'the log is not being published'),
      })
    : undefined;
  if (relay !== undefined) {
    resources.own({ close: () => relay.stop() });
    relay.start();
  }
  return () => ({
    ...(relay && { relay: relay.figures() }),
    ...(commands && { commands: commands.figures() }),
  });
}
