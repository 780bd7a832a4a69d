import { LedgerdeskError, type Origin } from '@ledgerdesk/kernel';

/** An event as a link of a chain of causes. */
export interface CausalEvent {
  readonly id: string;
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly type: string;
  readonly causationId: string | null;
  readonly correlationId: string;
  /** Number of the ticket whose stream it is, where it is known. */
  readonly number: string | null;
  readonly actor: string;
  readonly origin: Origin;
  readonly occurredAt: string;
}

/** Where causes and effects are looked up. */
export interface CausationReader {
  /** Undefined for an event that neither was caused by another nor caused one. */
  find(eventId: string): Promise<CausalEvent | undefined>;
  at(position: bigint): Promise<CausalEvent | undefined>;
  /** The first ones, in the order of the log. */
  causedBy(eventId: string, limit: number): Promise<readonly CausalEvent[]>;
}

/** An event with all that followed from it. */
export interface Effect extends CausalEvent {
  readonly effects: readonly Effect[];
  /** More followed from it than the limits let show. */
  readonly isCut: boolean;
}

/**
 * Who or what stands at the beginning. `message`: an event outside of this log, which a client
 * named as the cause.
 */
export type FirstCause = 'person' | 'timer' | 'message' | 'import' | 'system' | 'unknown';

/** Why an event happened, and what it led to. */
export interface Why {
  readonly event: CausalEvent;
  /** Its cause, the cause of that, and so on; the last one had none. */
  readonly causes: readonly CausalEvent[];
  readonly firstCause: FirstCause;
  readonly effects: readonly Effect[];
  /** True where the chain or the tree goes on beyond the limits. */
  readonly isCut: boolean;
}

export interface WhyLimits {
  /** Causes of the chain, and generations of effects, 1 to 100. Default 100. */
  readonly depthMax?: number;
  /** Effects in all, the near ones first; 1 to {@link WHY_EFFECTS_MAX}, the default. */
  readonly effectsMax?: number;
}

/** Effects in one answer. */
export const WHY_EFFECTS_MAX = 500;
/** Length of a chain in one answer. */
export const WHY_DEPTH_MAX = 100;

/**
 * The chain of causes from an event back to a person, a timer or the outside, and forward to all
 * that it caused. Cost: one look-up for each cause and one for each effect.
 *
 * @throws LedgerdeskError `missing.event`
 */
export async function why(
  reader: CausationReader,
  event: { readonly eventId: string } | { readonly position: bigint },
  { depthMax = WHY_DEPTH_MAX, effectsMax = WHY_EFFECTS_MAX }: WhyLimits = {},
): Promise<Why> {
  const found =
    'eventId' in event ? await reader.find(event.eventId) : await reader.at(event.position);
  if (found === undefined) throw missingEvent(event);
  const chain = await causesOf(reader, found, depthMax);
  const tree = await effectsOf(reader, found, depthMax, effectsMax);
  return { event: found, ...chain, effects: tree.effects, isCut: chain.isCut || tree.isCut };
}

type CauseChain = Pick<Why, 'causes' | 'firstCause' | 'isCut'>;

async function causesOf(
  reader: CausationReader,
  event: CausalEvent,
  depthMax: number,
): Promise<CauseChain> {
  const causes: CausalEvent[] = [];
  let first = event;
  while (first.causationId !== null) {
    if (causes.length >= depthMax) return { causes, firstCause: 'unknown', isCut: true };
    const cause = await reader.find(first.causationId);
    if (cause === undefined) break;
    causes.push(cause);
    first = cause;
  }
  return { causes, firstCause: firstCauseOf(first), isCut: false };
}

interface GrowingEffect extends CausalEvent {
  readonly effects: GrowingEffect[];
  isCut: boolean;
}

/** Breadth first, so that what is near is shown before what is far. */
async function effectsOf(
  reader: CausationReader,
  event: CausalEvent,
  depthMax: number,
  effectsMax: number,
): Promise<{ readonly effects: readonly Effect[]; readonly isCut: boolean }> {
  const root: GrowingEffect = { ...event, effects: [], isCut: false };
  const open: { readonly node: GrowingEffect; readonly depth: number }[] = [
    { node: root, depth: 0 },
  ];
  let left = effectsMax;
  let isCut = false;
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { node, depth } = next;
    const room = depth < depthMax ? left : 0;
    const found = await reader.causedBy(node.id, room + 1);
    const taken = found.slice(0, room);
    left -= taken.length;
    node.isCut = taken.length < found.length;
    isCut ||= node.isCut;
    for (const effect of taken) {
      const child: GrowingEffect = { ...effect, effects: [], isCut: false };
      node.effects.push(child);
      open.push({ node: child, depth: depth + 1 });
    }
  }
  return { effects: root.effects, isCut };
}

function firstCauseOf({ origin: { kind }, causationId }: CausalEvent): FirstCause {
  switch (kind) {
    case 'api':
    case 'cli':
      // The client named a cause that is not in this log.
      return causationId === null ? 'person' : 'message';
    case 'timer':
    case 'import':
    case 'system':
      return kind;
    case 'flow':
      return 'unknown';
  }
}

function missingEvent(event: { eventId: string } | { position: bigint }): LedgerdeskError {
  const what = 'eventId' in event ? event.eventId : `at position ${event.position}`;
  return new LedgerdeskError(
    'missing.event',
    `there is no event ${what.slice(0, 80)} in the chain of any flow; give the position of one`,
    { details: { event: what.slice(0, 80) } },
  );
}
