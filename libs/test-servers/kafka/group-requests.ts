import { ConsumerGroup, metadataOf, type JoinOutcome, type SyncOutcome } from './consumer-group';
import type { KafkaApi } from './protocol';
import { kafkaErrors, NODE_ID } from './protocol';
import type { BrokerParts, KafkaRequest } from './request';
import { WireWriter } from './wire';

/** Consumer groups: who is in them, and what they have committed. */
export class GroupRequests {
  private readonly groups = new Map<string, ConsumerGroup>();
  private memberCount = 0;

  constructor(
    private readonly parts: BrokerParts,
    private readonly initialDelayMs: number,
  ) {}

  findCoordinator({ version }: KafkaRequest): Buffer {
    const { host, port } = this.parts.address();
    const answer = new WireWriter();
    if (version >= 1) answer.int32(0);
    answer.int16(kafkaErrors.none);
    if (version >= 1) answer.text(null);
    return answer.int32(NODE_ID).text(host).int32(port).done();
  }

  async joinGroup({ body, version, clientId }: KafkaRequest): Promise<Buffer> {
    const groupId = body.text();
    const sessionMs = body.int32();
    const rebalanceMs = body.int32();
    const asked = body.text();
    if (version >= 5) body.nullableText();
    const protocolType = body.text();
    const protocols = body.list(() => ({ name: body.text(), metadata: Buffer.from(body.bytes()) }));
    const memberId = asked === '' ? this.newMemberId(clientId) : asked;
    const fault = this.parts.faults.onError?.('joinGroup', { group: groupId });
    if (fault !== undefined) return joinAnswer(refusedJoin(fault, memberId), version);
    if (asked === '' && version >= 4) {
      return joinAnswer(refusedJoin(kafkaErrors.memberIdRequired, memberId), version);
    }
    const group = this.groupOf(groupId, protocolType);
    const outcome = await group.join({ memberId, clientId, sessionMs, rebalanceMs, protocols });
    return joinAnswer(outcome, version);
  }

  async syncGroup({ body, version }: KafkaRequest): Promise<Buffer> {
    const groupId = body.text();
    const generation = body.int32();
    const memberId = body.text();
    if (version >= 3) body.nullableText();
    const assignments = body.list(() => [body.text(), Buffer.from(body.bytes())] as const);
    const error = this.check('syncGroup', { groupId, generation, memberId });
    const outcome: SyncOutcome =
      error === kafkaErrors.none
        ? await this.known(groupId).sync(memberId, assignments)
        : { error, assignment: Buffer.alloc(0) };
    const answer = new WireWriter();
    if (version >= 1) answer.int32(0);
    return answer.int16(outcome.error).bytes(outcome.assignment).done();
  }

  heartbeat({ body, version }: KafkaRequest): Buffer {
    const groupId = body.text();
    const generation = body.int32();
    const memberId = body.text();
    const refusal = this.check('heartbeat', { groupId, generation, memberId });
    const isChanging = this.groups.get(groupId)?.state === 'PreparingRebalance';
    const standing = isChanging ? kafkaErrors.rebalanceInProgress : kafkaErrors.none;
    const answer = new WireWriter();
    if (version >= 1) answer.int32(0);
    return answer.int16(refusal === kafkaErrors.none ? standing : refusal).done();
  }

  leaveGroup({ body, version }: KafkaRequest): Buffer {
    const group = this.groups.get(body.text());
    const memberOf = (): string => {
      const id = body.text();
      if (version >= 3) body.nullableText();
      return id;
    };
    const ids = version >= 3 ? body.list(memberOf) : [memberOf()];
    for (const id of ids) group?.remove(id);
    const answer = new WireWriter();
    if (version >= 1) answer.int32(0);
    answer.int16(kafkaErrors.none);
    if (version >= 3) answer.list(ids, (id) => answer.text(id).text(null).int16(kafkaErrors.none));
    return answer.done();
  }

  offsetCommit({ body, version }: KafkaRequest): Buffer {
    const { logs, faults } = this.parts;
    const groupId = body.text();
    const generation = body.int32();
    const memberId = body.text();
    if (version <= 4) body.int64();
    const topics = body.list(() => ({
      name: body.text(),
      partitions: body.list(() => ({
        index: body.int32(),
        offset: body.int64(),
        metadata: body.nullableText(),
      })),
    }));
    // Without a member id it is an administrator who commits.
    const standing =
      memberId === ''
        ? kafkaErrors.none
        : this.check('offsetCommit', { groupId, generation, memberId });
    const answer = new WireWriter();
    if (version >= 3) answer.int32(0);
    answer.list(topics, ({ name, partitions }) => {
      answer.text(name).list(partitions, ({ index, offset, metadata }) => {
        const place = { topic: name, partition: index, group: groupId };
        const error = faults.onError?.('offsetCommit', place) ?? standing;
        if (error === kafkaErrors.none) logs.commit(groupId, name, index, { offset, metadata });
        answer.int32(index).int16(error);
      });
    });
    return answer.done();
  }

  offsetFetch({ body, version }: KafkaRequest): Buffer {
    const { logs } = this.parts;
    const groupId = body.text();
    const asked = body.nullableList(() => ({
      name: body.text(),
      partitions: body.list(() => body.int32()),
    }));
    const answer = new WireWriter();
    if (version >= 3) answer.int32(0);
    answer.list(asked ?? this.committedTopics(groupId), ({ name, partitions }) => {
      answer.text(name).list(partitions, (index) => {
        const saved = logs.committed(groupId, name, index);
        answer.int32(index).int64(saved?.offset ?? -1n);
        answer.text(saved?.metadata ?? null).int16(kafkaErrors.none);
      });
    });
    return version >= 2 ? answer.int16(kafkaErrors.none).done() : answer.done();
  }

  listGroups({ version }: KafkaRequest): Buffer {
    const answer = new WireWriter();
    if (version >= 1) answer.int32(0);
    answer.int16(kafkaErrors.none).list([...this.groups.values()], ({ id, protocolType }) => {
      answer.text(id).text(protocolType);
    });
    return answer.done();
  }

  describeGroups({ body, version }: KafkaRequest): Buffer {
    const answer = new WireWriter();
    if (version >= 1) answer.int32(0);
    const ids = body.list(() => body.text());
    answer.list(ids, (id) => {
      const group = this.groups.get(id);
      answer
        .int16(kafkaErrors.none)
        .text(id)
        .text(group?.state ?? 'Dead');
      answer.text(group?.protocolType ?? '').text(group?.protocol ?? '');
      answer.list([...(group?.members.values() ?? [])], (member) => {
        answer.text(member.memberId).text(member.clientId).text('/127.0.0.1');
        answer.bytes(metadataOf(member, group?.protocol ?? ''));
        answer.bytes(group?.assignments.get(member.memberId) ?? Buffer.alloc(0));
      });
    });
    return answer.done();
  }

  /** Sends all members of a group to join again. */
  rebalance(groupId: string, withinMs: number): void {
    this.groups.get(groupId)?.rebalance(withinMs);
  }

  /** Forgets all groups, as the node does that dies; their offsets are in the logs. */
  end(): void {
    for (const group of this.groups.values()) group.end();
    this.groups.clear();
  }

  private check(
    api: KafkaApi,
    {
      groupId,
      generation,
      memberId,
    }: { readonly groupId: string; readonly generation: number; readonly memberId: string },
  ): number {
    const fault = this.parts.faults.onError?.(api, { group: groupId });
    if (fault !== undefined) return fault;
    return this.groups.get(groupId)?.check(memberId, generation) ?? kafkaErrors.unknownMemberId;
  }

  private known(groupId: string): ConsumerGroup {
    return this.groupOf(groupId, 'consumer');
  }

  private groupOf(groupId: string, protocolType: string): ConsumerGroup {
    const group =
      this.groups.get(groupId) ?? new ConsumerGroup(groupId, protocolType, this.initialDelayMs);
    this.groups.set(groupId, group);
    return group;
  }

  private newMemberId(clientId: string): string {
    this.memberCount += 1;
    return `${clientId}-${this.memberCount}`;
  }

  private committedTopics(
    groupId: string,
  ): readonly { readonly name: string; readonly partitions: readonly number[] }[] {
    const places = this.parts.logs.committedPlaces(groupId);
    return [...new Set(places.map(([topic]) => topic))].map((name) => ({
      name,
      partitions: places.filter(([topic]) => topic === name).map(([, index]) => index),
    }));
  }
}

function refusedJoin(error: number, memberId: string): JoinOutcome {
  return { error, generation: -1, protocol: '', leader: '', memberId, members: [] };
}

function joinAnswer(outcome: JoinOutcome, version: number): Buffer {
  const { error, generation, protocol, leader, memberId, members } = outcome;
  const answer = new WireWriter().int32(0).int16(error).int32(generation);
  answer.text(protocol).text(leader).text(memberId);
  answer.list(members, ({ id, metadata }) => {
    answer.text(id);
    if (version >= 5) answer.text(null);
    answer.bytes(metadata);
  });
  return answer.done();
}
