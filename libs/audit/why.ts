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
  readonly actor: string;
  readonly origin: Origin;
  readonly occurredAt: string;
}

/** Where causes and effects are looked up. */
export interface CausationReader {
  /** Undefined for an event that neither was caused by another nor caused one. */
  find(eventId: string): Promise<CausalEvent | undefined>;
  at(position: bigint): Promise<CausalEvent | undefined>;
  /** In the order of the log. */
  causedBy(eventId: string, limit: number): Promise<readonly CausalEvent[]>;
}

/** An event with all that followed from it. */
export interface Effect extends CausalEvent {
  readonly effects: readonly Effect[];
}

/** Who or what stands at the beginning. */
export type FirstCause = 'person' | 'timer' | 'import' | 'system' | 'unknown';

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
  /** Causes of the chain, and generations of effects. Default 100. */
  readonly depthMax?: number;
  /** Effects over all generations. Default 1,000. */
  readonly effectsMax?: number;
}

/**
 * The chain of causes from an event back to a person, a timer or the outside, and forward to all
 * that it caused. Cost: one look-up for each cause and one for each effect.
 *
 * @throws LedgerdeskError `missing.event`
 */
export async function why(
  reader: CausationReader,
  event: { readonly eventId: string } | { readonly position: bigint },
  { depthMax = 100, effectsMax = 1_000 }: WhyLimits = {},
): Promise<Why> {
  const found =
    'eventId' in event ? await reader.find(event.eventId) : await reader.at(event.position);
  if (found === undefined) throw missingEvent(event);
  const causes = await causesOf(reader, found, depthMax);
  const last = causes.at(-1) ?? found;
  const tree = new EffectTree(reader, depthMax, effectsMax);
  const effects = await tree.of(found.id, 0);
  return {
    event: found,
    causes,
    firstCause: last.causationId === null ? firstCauseOf(last.origin) : 'unknown',
    effects,
    isCut: tree.isCut || causes.length >= depthMax,
  };
}

async function causesOf(
  reader: CausationReader,
  event: CausalEvent,
  depthMax: number,
): Promise<readonly CausalEvent[]> {
  const causes: CausalEvent[] = [];
  for (let id = event.causationId; id !== null && causes.length < depthMax;) {
    const cause = await reader.find(id);
    if (cause === undefined) break;
    causes.push(cause);
    id = cause.causationId;
  }
  return causes;
}

/** Follows effects depth first, within bounds. */
class EffectTree {
  isCut = false;
  private left: number;

  constructor(
    private readonly reader: CausationReader,
    private readonly depthMax: number,
    effectsMax: number,
  ) {
    this.left = effectsMax;
  }

  async of(eventId: string, depth: number): Promise<readonly Effect[]> {
    const found = await this.reader.causedBy(eventId, this.left + 1);
    const taken = depth < this.depthMax ? found.slice(0, this.left) : [];
    if (taken.length < found.length) this.isCut = true;
    this.left -= taken.length;
    const effects: Effect[] = [];
    for (const event of taken) {
      effects.push({ ...event, effects: await this.of(event.id, depth + 1) });
    }
    return effects;
  }
}

function firstCauseOf({ kind }: Origin): FirstCause {
  switch (kind) {
    case 'api':
    case 'cli':
      return 'person';
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
