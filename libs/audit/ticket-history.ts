import {
  LedgerdeskError,
  type Origin,
  type PolicyReference,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { isSeenAt, type Instant } from './instant';
import { assertInstantReached } from './reached-position';
import { diffStates, type FieldChange } from './state-diff';
import {
  foldSteps,
  streamOf,
  type TicketAddress,
  type TicketLog,
  type TicketStep,
} from './ticket-log';
import { missingThen } from './time-travel';

/**
 * One event of a ticket as an auditor reads it: who, when, why, and field by field from what to
 * what.
 */
export interface HistoryEntry {
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** What this type of event says, from its definition. */
  readonly summary: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly tenant: string;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  readonly origin: Origin;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly commandId: string;
  /** The policies, with their versions, that the fact was decided with. */
  readonly policies: readonly PolicyReference[];
  readonly previousHash: string;
  readonly hash: string;
  /** The event's own words. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What it changed in the state of the ticket; empty where it is recorded as a fact alone. */
  readonly changes: readonly FieldChange[];
}

export interface HistoryOptions {
  /** Entries of a page, 1 to {@link HISTORY_LIMIT_MAX}. Default {@link HISTORY_LIMIT_DEFAULT}. */
  readonly limit?: number;
  /** Exclusive: goes on behind this revision, in the direction of reading. */
  readonly after?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  /** Only what this instant sees. */
  readonly at?: Instant;
}

export interface HistoryPage {
  readonly process: string;
  readonly id: string;
  readonly stream: string;
  readonly entries: readonly HistoryEntry[];
  /** `after` of the next page; null on the last one. */
  readonly nextAfter: bigint | null;
}

/** Entries of a page, unless the reader says how many. */
export const HISTORY_LIMIT_DEFAULT = 100;
/** Entries that a page has at the most. */
export const HISTORY_LIMIT_MAX = 1000;

/**
 * One page of a ticket's history. The order is that of the stream, never that of the times. Cost:
 * the stream is read from its start to the end of the page (to its end when backwards); memory for
 * one page.
 *
 * @throws LedgerdeskError `missing.ticket`, `missing.ticket-at` where it was not there yet,
 * `invalid.history-limit`, `invalid.instant`.
 */
export async function ticketHistory(
  log: TicketLog,
  ticket: TicketAddress,
  options: HistoryOptions = {},
): Promise<HistoryPage> {
  const limit = checkedLimit(options.limit);
  await assertInstantReached(log, ticket, options.at ?? {});
  const steps = foldSteps(log, ticket, isSeenAt(options.at ?? {}));
  const page =
    options.direction === 'backwards'
      ? await lastSteps(steps, limit, options.after)
      : await firstSteps(steps, limit, options.after);
  if (page.steps.length === 0 && options.at !== undefined && options.after === undefined) {
    throw await missingThen(log, ticket, options.at);
  }
  const entries = page.steps.map((step) => entryOf(log, step));
  const last = entries.at(-1);
  return {
    process: ticket.process.name,
    id: ticket.id,
    stream: streamOf(ticket),
    entries,
    nextAfter: page.hasMore && last !== undefined ? last.revision : null,
  };
}

interface StepPage {
  readonly steps: readonly TicketStep[];
  readonly hasMore: boolean;
}

async function firstSteps(
  steps: AsyncIterable<TicketStep>,
  limit: number,
  after = -1n,
): Promise<StepPage> {
  const page: TicketStep[] = [];
  for await (const step of steps) {
    if (step.event.revision <= after) continue;
    if (page.length === limit) return { steps: page, hasMore: true };
    page.push(step);
  }
  return { steps: page, hasMore: false };
}

async function lastSteps(
  steps: AsyncIterable<TicketStep>,
  limit: number,
  before?: bigint,
): Promise<StepPage> {
  let page: TicketStep[] = [];
  let isCut = false;
  const cut = (): void => {
    isCut ||= page.length > limit;
    page = page.slice(-limit);
  };
  for await (const step of steps) {
    if (before !== undefined && step.event.revision >= before) break;
    page.push(step);
    if (page.length >= 2 * limit) cut();
  }
  cut();
  return { steps: page.reverse(), hasMore: isCut };
}

function entryOf(log: TicketLog, { event, before, after }: TicketStep): HistoryEntry {
  return { ...envelopeOf(log, event), data: event.data, changes: diffStates(before, after) };
}

function envelopeOf(log: TicketLog, event: RecordedEvent): Omit<HistoryEntry, 'data' | 'changes'> {
  return {
    eventId: event.id,
    type: event.type,
    schemaVersion: event.schemaVersion,
    summary: log.registry.definitionOf(event.type).summary,
    revision: event.revision,
    position: event.position,
    occurredAt: event.occurredAt,
    recordedAt: event.recordedAt,
    tenant: event.tenant,
    actor: event.actor,
    onBehalfOf: event.onBehalfOf,
    origin: event.origin,
    correlationId: event.correlationId,
    causationId: event.causationId,
    commandId: event.commandId,
    policies: event.policies,
    previousHash: event.previousHash,
    hash: event.hash,
  };
}

function checkedLimit(limit: number = HISTORY_LIMIT_DEFAULT): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= HISTORY_LIMIT_MAX) return limit;
  throw new LedgerdeskError(
    'invalid.history-limit',
    `a page of ${limit} entries is not possible; give a limit from 1 to ${HISTORY_LIMIT_MAX}`,
    { details: { limit, limitMax: HISTORY_LIMIT_MAX } },
  );
}
