import type { RecordedEvent } from './event';

/** A command that a flow would have sent, as a comparison sees it. */
export interface ComparedCommand {
  readonly key: string;
  readonly process: string;
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * What a flow is to be measured by on recorded history: people put things into groups (incidents
 * into problems), and so does the flow. Pure.
 */
export interface FlowComparison {
  /** The groups of people: `problems to which people linked incidents`. */
  readonly title: string;
  /** Types of the events that tell of them. */
  readonly events: readonly string[];
  /** What an event puts where. */
  recorded(event: RecordedEvent): { readonly group: string; readonly member: string } | undefined;
  /** What a command of the flow puts where. */
  claimed(
    command: ComparedCommand,
  ): { readonly group: string; readonly members: readonly string[] } | undefined;
}

/** How the groups of one side lie to those of the other. */
export interface ComparedGroups {
  readonly groups: number;
  readonly members: number;
  /** Groups with a member that the other side has in some group, too. */
  readonly groupsMet: number;
  /** Groups of two members or more. */
  readonly groupsOfSeveral: number;
  /** Those of them with two members that the other side has in one group as well. */
  readonly groupsOfSeveralMatched: number;
}

/** A flow beside what people recorded. */
export interface ComparisonReport {
  readonly title: string;
  readonly recorded: ComparedGroups;
  readonly claimed: ComparedGroups;
  readonly membersInBoth: number;
  /** Recorded groups that the flow met before people recorded the first member of them. */
  readonly metEarlier: number;
  /** By how much, at the median of those, in hours; null where there is none. */
  readonly medianLeadHours: number | null;
}

interface Group {
  readonly members: Map<string, number>;
}

const HOUR_MS = 3_600_000;

/** Collects both sides as history goes by. Memory: one entry for each member of each side. */
export class ComparisonTally {
  private readonly recordedGroups = new Map<string, Group>();
  private readonly claimedGroups = new Map<string, Group>();

  constructor(private readonly comparison: FlowComparison) {}

  see(event: RecordedEvent): void {
    if (!this.comparison.events.includes(event.type)) return;
    const found = this.comparison.recorded(event);
    if (found === undefined) return;
    add(this.recordedGroups, found.group, [found.member], event.occurredAt);
  }

  claim(command: ComparedCommand, at: string): void {
    const found = this.comparison.claimed(command);
    if (found !== undefined) add(this.claimedGroups, found.group, found.members, at);
  }

  report(): ComparisonReport {
    const leads = this.leads();
    const recorded = membersOf(this.recordedGroups);
    const claimed = membersOf(this.claimedGroups);
    return {
      title: this.comparison.title,
      recorded: compared(this.recordedGroups, this.claimedGroups),
      claimed: compared(this.claimedGroups, this.recordedGroups),
      membersInBoth: [...recorded.keys()].filter((member) => claimed.has(member)).length,
      metEarlier: leads.length,
      medianLeadHours: leads.length === 0 ? null : Math.round(median(leads) / HOUR_MS),
    };
  }

  /** Milliseconds from the first claim on a member of a recorded group to its first record. */
  private leads(): readonly number[] {
    const claimedAt = firstTimes(this.claimedGroups);
    return [...this.recordedGroups.values()].flatMap(({ members }) => {
      const recordedMs = Math.min(...members.values());
      const claims = [...members.keys()].flatMap((member) => claimedAt.get(member) ?? []);
      const claimedMs = Math.min(...claims);
      return claimedMs < recordedMs ? [recordedMs - claimedMs] : [];
    });
  }
}

function add(
  groups: Map<string, Group>,
  name: string,
  members: readonly string[],
  at: string,
): void {
  const group = groups.get(name) ?? { members: new Map<string, number>() };
  groups.set(name, group);
  for (const member of members) {
    if (!group.members.has(member)) group.members.set(member, Date.parse(at));
  }
}

function compared(
  groups: ReadonlyMap<string, Group>,
  others: ReadonlyMap<string, Group>,
): ComparedGroups {
  const otherGroups = membersOf(others);
  const all = [...groups.values()];
  const several = all.filter(({ members }) => members.size > 1);
  return {
    groups: all.length,
    members: membersOf(groups).size,
    groupsMet: all.filter(({ members }) =>
      [...members.keys()].some((each) => otherGroups.has(each)),
    ).length,
    groupsOfSeveral: several.length,
    groupsOfSeveralMatched: several.filter((group) => hasPair(group, otherGroups)).length,
  };
}

function hasPair({ members }: Group, others: ReadonlyMap<string, readonly string[]>): boolean {
  const met = [...members.keys()].flatMap((member) => others.get(member) ?? []);
  return new Set(met).size < met.length;
}

/** The groups of each member. */
function membersOf(groups: ReadonlyMap<string, Group>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, { members }] of groups) {
    for (const member of members.keys()) {
      const names = found.get(member);
      if (names === undefined) found.set(member, [name]);
      else names.push(name);
    }
  }
  return found;
}

function firstTimes(groups: ReadonlyMap<string, Group>): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { members } of groups.values()) {
    for (const [member, at] of members) {
      first.set(member, Math.min(at, first.get(member) ?? at));
    }
  }
  return first;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
