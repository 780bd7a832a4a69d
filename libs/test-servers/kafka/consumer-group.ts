import { kafkaErrors } from './protocol';

/** A member as it asks to join. */
export interface Joining {
  readonly memberId: string;
  readonly clientId: string;
  readonly sessionMs: number;
  readonly rebalanceMs: number;
  readonly protocols: readonly { readonly name: string; readonly metadata: Buffer }[];
}

/** What a member is told when all have joined; only the leader hears of the others. */
export interface JoinOutcome {
  readonly error: number;
  readonly generation: number;
  readonly protocol: string;
  readonly leader: string;
  readonly memberId: string;
  readonly members: readonly { readonly id: string; readonly metadata: Buffer }[];
}

/** The partitions of one member, as its leader wrote them. */
export interface SyncOutcome {
  readonly error: number;
  readonly assignment: Buffer;
}

export interface Member extends Joining {
  expiry: NodeJS.Timeout | undefined;
  joined: ((outcome: JoinOutcome) => void) | undefined;
  synced: ((outcome: SyncOutcome) => void) | undefined;
}

type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

const NOTHING = Buffer.alloc(0);

/** A consumer group of the classic protocol: who is in it, and who reads what. */
export class ConsumerGroup {
  generation = 0;
  protocol = '';
  state: GroupState = 'Empty';
  readonly members = new Map<string, Member>();
  readonly assignments = new Map<string, Buffer>();
  private leader = '';
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    readonly id: string,
    readonly protocolType: string,
    private readonly initialDelayMs: number,
  ) {}

  /** Resolves when the members of the new generation are known. */
  join(joining: Joining): Promise<JoinOutcome> {
    const known = this.members.get(joining.memberId);
    clearTimeout(known?.expiry);
    const member: Member = { ...joining, expiry: undefined, joined: undefined, synced: undefined };
    this.members.set(joining.memberId, member);
    return new Promise((resolve) => {
      member.joined = resolve;
      this.rebalance(joining.rebalanceMs);
    });
  }

  /** Resolves when the leader has said who reads what. */
  sync(
    memberId: string,
    assignments: readonly (readonly [memberId: string, assignment: Buffer])[],
  ): Promise<SyncOutcome> | SyncOutcome {
    const member = this.members.get(memberId);
    if (member === undefined) return refusedSync(kafkaErrors.unknownMemberId);
    if (this.state === 'PreparingRebalance') return refusedSync(kafkaErrors.rebalanceInProgress);
    if (this.state === 'Stable') return this.assignmentOf(memberId);
    const synced = new Promise<SyncOutcome>((resolve) => (member.synced = resolve));
    if (memberId === this.leader) {
      for (const [id, assignment] of assignments) this.assignments.set(id, assignment);
      this.state = 'Stable';
      for (const [id, { synced: tell }] of this.members) tell?.(this.assignmentOf(id));
      this.forgetSyncs();
    }
    return synced;
  }

  /** Whether the member belongs to the generation; if so, it lives on. */
  check(memberId: string, generation: number | undefined): number {
    const member = this.members.get(memberId);
    if (member === undefined) return kafkaErrors.unknownMemberId;
    if (generation !== undefined && generation !== this.generation) {
      return kafkaErrors.illegalGeneration;
    }
    this.touch(member);
    return kafkaErrors.none;
  }

  remove(memberId: string): void {
    const member = this.members.get(memberId);
    if (member === undefined) return;
    clearTimeout(member.expiry);
    this.members.delete(memberId);
    if (this.members.size > 0) {
      this.rebalance(member.rebalanceMs);
      return;
    }
    clearTimeout(this.deadline);
    this.state = 'Empty';
    this.generation += 1;
  }

  /**
   * All members have to join again; whoever has not by then is out. Those who wait for their
   * partitions are sent back.
   */
  rebalance(withinMs: number): void {
    const isFirst = this.state === 'Empty';
    if (this.state !== 'PreparingRebalance') {
      this.state = 'PreparingRebalance';
      for (const { synced } of this.members.values()) {
        synced?.(refusedSync(kafkaErrors.rebalanceInProgress));
      }
      this.forgetSyncs();
      clearTimeout(this.deadline);
      this.deadline = setTimeout(() => this.complete(), isFirst ? this.initialDelayMs : withinMs);
      if (isFirst) return;
    }
    if ([...this.members.values()].every(({ joined }) => joined !== undefined)) this.complete();
  }

  /** Forgets its members without a word to them, as the node does that dies. */
  end(): void {
    clearTimeout(this.deadline);
    for (const { expiry } of this.members.values()) clearTimeout(expiry);
  }

  private complete(): void {
    clearTimeout(this.deadline);
    for (const [id, { joined, expiry }] of this.members) {
      if (joined !== undefined) continue;
      clearTimeout(expiry);
      this.members.delete(id);
    }
    this.generation += 1;
    this.assignments.clear();
    const members = [...this.members.values()];
    const [first] = members;
    if (first === undefined) {
      this.state = 'Empty';
      return;
    }
    if (!this.members.has(this.leader)) this.leader = first.memberId;
    this.protocol = sharedProtocol(members);
    this.state = 'CompletingRebalance';
    for (const member of members) {
      this.touch(member);
      member.joined?.(this.outcomeFor(member.memberId));
      member.joined = undefined;
    }
  }

  private outcomeFor(memberId: string): JoinOutcome {
    const { generation, protocol, leader } = this;
    const members = memberId === leader ? [...this.members.values()] : [];
    return {
      error: kafkaErrors.none,
      generation,
      protocol,
      leader,
      memberId,
      members: members.map((member) => ({
        id: member.memberId,
        metadata: metadataOf(member, protocol),
      })),
    };
  }

  private assignmentOf(memberId: string): SyncOutcome {
    return { error: kafkaErrors.none, assignment: this.assignments.get(memberId) ?? NOTHING };
  }

  private forgetSyncs(): void {
    for (const member of this.members.values()) member.synced = undefined;
  }

  private touch(member: Member): void {
    clearTimeout(member.expiry);
    member.expiry = setTimeout(() => this.remove(member.memberId), member.sessionMs);
    member.expiry.unref();
  }
}

/** What the member said of itself for a way of sharing the partitions. */
export function metadataOf({ protocols }: Joining, protocol: string): Buffer {
  return protocols.find(({ name }) => name === protocol)?.metadata ?? NOTHING;
}

function refusedSync(error: number): SyncOutcome {
  return { error, assignment: NOTHING };
}

function sharedProtocol(members: readonly Member[]): string {
  const [first] = members;
  const shared = first?.protocols.find(({ name }) =>
    members.every(({ protocols }) => protocols.some((other) => other.name === name)),
  );
  return shared?.name ?? first?.protocols[0]?.name ?? '';
}
