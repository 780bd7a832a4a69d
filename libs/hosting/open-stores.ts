import { setTimeout as delay } from 'node:timers/promises';
import { assertSameLog, backOffMs, DEFAULT_BACK_OFF } from '@ledgerdesk/engine';
import { openEventStore, openEventStoreForReading, type EventStore } from '@ledgerdesk/event-store';
import type { HttpLog } from '@ledgerdesk/http';
import { mayPass } from '@ledgerdesk/kernel';
import { readModels } from '@ledgerdesk/read-models';
import type { ReadStore } from '@ledgerdesk/read-store';
import type { EngineConfiguration } from './configuration';
import { openReadModels } from './open-read-models';
import type { Resources } from './resources';
import type { ServiceRole } from './service-role';

/** The stores of a process. */
export interface OpenedStores {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
}

/** Whether other processes may append to the same log: what only one may do then needs a lease. */
export function isShared({ eventStoreUrl }: Pick<EngineConfiguration, 'eventStoreUrl'>): boolean {
  return !/^(memory|sqlite):/.test(eventStoreUrl);
}

/** So long servers that cannot be reached at the start are waited for. */
const SERVERS_WAIT_MS = 30_000;
const WAIT_AT_MOST_MS = 2_000;

/**
 * Opens what the URLs name, the log for reading alone where nothing is appended. Servers that
 * cannot be reached yet are waited for.
 *
 * @throws LedgerdeskError what opening the stores gives; `corrupt.checkpoint-ahead` and
 * `corrupt.other-log` where the read models are of another log.
 */
export async function openStores(
  configuration: EngineConfiguration,
  role: ServiceRole,
  resources: Resources,
  log: HttpLog,
): Promise<OpenedStores> {
  const untilMs = performance.now() + (isShared(configuration) ? SERVERS_WAIT_MS : 0);
  for (let failures = 1; ; failures += 1) {
    try {
      return await openOnce(configuration, role, resources, log);
    } catch (error) {
      await resources.close();
      if (!mayPass(error) || performance.now() >= untilMs) throw error;
      log.warn({ err: error }, 'a store cannot be reached; it is tried again');
      await delay(backOffMs(failures, { ...DEFAULT_BACK_OFF, maxMs: WAIT_AT_MOST_MS }));
    }
  }
}

async function openOnce(
  { eventStoreUrl, readStoreUrl }: EngineConfiguration,
  { appends }: ServiceRole,
  resources: Resources,
  log: HttpLog,
): Promise<OpenedStores> {
  const open = appends ? openEventStore : openEventStoreForReading;
  const eventStore = resources.own(await open(eventStoreUrl));
  const readStore = resources.own(await openReadModels(readStoreUrl, log));
  await assertSameLog({ eventStore, readStore }, readModels);
  return { eventStore, readStore };
}
