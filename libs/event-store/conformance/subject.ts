import { hasErrorCode, type ErrorCode, type LedgerdeskError } from '@ledgerdesk/kernel';
import { createHash, randomUUID } from 'node:crypto';
import type {
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedRevision,
  StoredEvent,
} from '../event-store.port';

/** A store made for one run of the suite. Its log may hold older events, but nobody else writes. */
export interface EventStoreUnderTest {
  readonly store: EventStore;
  /** Closes the store and opens it again on the same log; absent where nothing survives. */
  readonly reopen?: () => Promise<EventStore>;
  /** Closes the store and removes what it left. */
  dispose(): Promise<void>;
}

/** What an adapter declares of itself, so that a difference is stated and tested. */
export interface EventStoreCapabilities {
  /** The log is empty when the factory gives it out. */
  readonly startsEmpty: boolean;
}

export type EventStoreFactory = () => Promise<EventStoreUnderTest>;

/** What the chapters of the suite are given. */
export interface Suite {
  readonly factory: EventStoreFactory;
  readonly capabilities: EventStoreCapabilities;
  /** The store that all cases of a chapter share; each case writes to streams of its own. */
  readonly store: () => EventStore;
}

/** A category no other case uses, so that a prefix singles out the streams of one case. */
export function newCategory(): string {
  return `case${randomUUID().replaceAll('-', '')}`;
}

export function newStream(category = newCategory()): string {
  return `${category}-${randomUUID()}`;
}

export function anEvent(overrides: Partial<EventToAppend> = {}): EventToAppend {
  const { body = '{"note":"printer on fire"}' } = overrides;
  const hash = createHash('sha256').update(body).digest('hex');
  return { id: randomUUID(), type: 'IncidentReported', body, hash, ...overrides };
}

export function someEvents(count: number, overrides: Partial<EventToAppend> = {}): EventToAppend[] {
  return Array.from({ length: count }, (_, n) => anEvent({ body: `{"n":${n}}`, ...overrides }));
}

/** Appends many events in as few batches as the limits allow. */
export async function fill(
  store: EventStore,
  stream: string,
  events: readonly EventToAppend[],
): Promise<void> {
  for (let at = 0; at < events.length; at += store.limits.batchEventsMax) {
    const batch = events.slice(at, at + store.limits.batchEventsMax);
    await append(store, stream, batch);
  }
}

export function append(
  store: EventStore,
  stream: string,
  events: readonly EventToAppend[],
  expectedRevision: ExpectedRevision = 'any',
): Promise<AppendResult> {
  return store.append({ stream, expectedRevision, events });
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

export function idsOf(events: readonly { readonly id: string }[]): string[] {
  return events.map(({ id }) => id);
}

export async function storedIds(store: EventStore, stream: string): Promise<string[]> {
  return idsOf(await collect(store.readStream(stream)));
}

export function revisionsOf(events: readonly StoredEvent[]): number[] {
  return events.map(({ revision }) => Number(revision));
}

/** Asserts that the promise is rejected with this code, and gives the error. */
export async function expectRejection(
  promise: Promise<unknown>,
  code: ErrorCode,
): Promise<LedgerdeskError> {
  const outcome = await promise.then(
    () => 'no error',
    (error: unknown) => error,
  );
  if (!hasErrorCode(outcome, code)) throw new Error(`expected ${code}, got ${String(outcome)}`);
  return outcome;
}
