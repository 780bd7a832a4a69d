import type { EventStore } from '@ledgerdesk/event-store';
import {
  policyEventTypes,
  policyKindOf,
  policyNameOf,
  POLICY_PROCESS,
  ticketStream,
  type EventRegistry,
  type FlowDefinition,
  type Policy,
  type PolicySet,
  type ProcessDefinition,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { ticketIdOfKey } from '../commands/command-digest';
import type { BackOff } from '../subscriptions/back-off';
import {
  subscribeSupervised,
  type SupervisedSubscription,
} from '../subscriptions/supervised-subscription';
import { PolicyVersions, type PolicyMoment } from './policy-versions';

export interface PolicyBookOptions {
  readonly eventStore: Pick<EventStore, 'readStream' | 'subscribeToAll' | 'head'>;
  readonly registry: EventRegistry;
  readonly processes: Iterable<ProcessDefinition>;
  readonly flows: readonly FlowDefinition[];
  /** Is told of each fact of a policy, for another book of this process. May come repeatedly. */
  readonly onFact?: (event: RecordedEvent) => void;
}

/** A policy that the engine's processes and flows look at, and how it stands. */
export interface PolicyOverview {
  readonly policy: string;
  readonly title: string;
  /** Names of processes, and of flows as `flow:<name>`. */
  readonly usedBy: readonly string[];
  /** Id of its ticket, which is there once it was introduced; null in an engine that has none. */
  readonly id: string | null;
  readonly inForce: {
    /** What decisions refer to it by. */
    readonly name: string;
    readonly version: number;
    readonly value: unknown;
    /** False: the value that the build, or its configuration, brings. */
    readonly isPublished: boolean;
  };
  readonly presets: Readonly<Record<string, unknown>>;
}

/**
 * The policies of an engine: those that its processes and flows bring, and over them the versions
 * that the log has. Reads the streams of the policies alone, once for each tenant, however many
 * tickets there are; what this engine publishes counts at once, what others publish as soon as it
 * is met in the log. An engine without the process `policy` keeps what its definitions bring.
 */
export class PolicyBook {
  private readonly versions = new PolicyVersions();
  private readonly builtIn = new Map<string, Policy>();
  private readonly users = new Map<string, string[]>();
  private readonly isKept: boolean;
  private readonly loaded = new Map<string, Promise<void>>();
  /** Tenants whose policies have been read. */
  private readonly atHandOf = new Set<string>();
  private subscription: SupervisedSubscription | undefined;

  constructor(private readonly options: PolicyBookOptions) {
    let isKept = false;
    for (const { name, policies } of options.processes) {
      isKept ||= name === POLICY_PROCESS;
      if (name !== POLICY_PROCESS) this.collect(name, policies);
    }
    for (const { name, policies } of options.flows) this.collect(`flow:${name}`, policies);
    for (const { name, policies } of options.processes) {
      if (name === POLICY_PROCESS) this.collect(name, policies);
    }
    this.isKept = isKept;
  }

  /** The types that {@link note} wants to be shown; none where the log has no policies. */
  get eventTypes(): readonly string[] {
    return this.isKept ? policyEventTypes : [];
  }

  /**
   * The policies of a decision of the process, by role; for the process `policy` itself all there
   * are, by name. Cost: one look at each role; at the first call of a tenant, one read of each
   * policy's stream.
   */
  async of(
    process: Pick<ProcessDefinition, 'name' | 'policies'>,
    moment: PolicyMoment,
  ): Promise<PolicySet> {
    if (!this.isKept) return process.policies;
    await this.load(moment.tenant);
    return this.over(process, moment);
  }

  /** As {@link of}; undefined where the policies of the tenant have to be read first. */
  atHand(
    process: Pick<ProcessDefinition, 'name' | 'policies'>,
    moment: PolicyMoment,
  ): PolicySet | undefined {
    if (!this.isKept) return process.policies;
    return this.atHandOf.has(moment.tenant) ? this.over(process, moment) : undefined;
  }

  /** The flow under the policies that were in force where the event stands in the log. */
  async flowAt<State>(
    flow: FlowDefinition<State>,
    cause: RecordedEvent,
  ): Promise<FlowDefinition<State>> {
    if (!this.isKept) return flow;
    await this.load(cause.tenant);
    return this.versions.flowAt(flow, cause);
  }

  /** Takes a fact of a policy, in any order and however often. Other events are passed over. */
  note(event: RecordedEvent): void {
    if (!this.isKept || !policyEventTypes.includes(event.type)) return;
    this.versions.note(event);
    this.options.onFact?.(event);
  }

  /** Every policy that something looks at, in alphabetical order. */
  async overview(moment: PolicyMoment): Promise<readonly PolicyOverview[]> {
    if (this.isKept) await this.load(moment.tenant);
    return [...this.builtIn.entries()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([policy, builtIn]) => {
        const published = this.versions.inForce(policy, moment);
        const { name, version, value } = published ?? builtIn;
        const { title, presets } = policyKindOf(builtIn);
        return {
          policy,
          title,
          usedBy: this.users.get(policy) ?? [],
          id: this.isKept ? policyId(moment.tenant, policy) : null,
          inForce: { name, version, value, isPublished: published !== undefined },
          presets,
        };
      });
  }

  /** Follows what others publish. For an engine whose flows do not follow the log anyway. */
  async follow(backOff: Partial<BackOff>): Promise<void> {
    if (!this.isKept || this.subscription !== undefined) return;
    const { eventStore, registry } = this.options;
    let position = await eventStore.head();
    this.subscription = subscribeSupervised({
      eventStore,
      filter: { eventTypes: policyEventTypes },
      isSparse: true,
      checkpoint: () => Promise.resolve(position),
      handle: (message) => {
        if (message.kind === 'caught-up') return;
        for (const row of message.events) {
          this.note(registry.decode(row));
          position = row.position;
        }
      },
      backOff,
    });
  }

  /** Ends {@link follow}. Idempotent. */
  async stop(): Promise<void> {
    await this.subscription?.stop();
  }

  private collect(user: string, policies: PolicySet): void {
    for (const policy of Object.values(policies)) {
      const name = policyNameOf(policy);
      if (!this.builtIn.has(name)) this.builtIn.set(name, policy);
      const users = this.users.get(name) ?? [];
      if (!users.includes(user)) this.users.set(name, [...users, user]);
    }
  }

  private over(
    { name, policies }: Pick<ProcessDefinition, 'name' | 'policies'>,
    moment: PolicyMoment,
  ): PolicySet {
    const defaults = name === POLICY_PROCESS ? Object.fromEntries(this.builtIn) : policies;
    return this.versions.over(defaults, moment);
  }

  private load(tenant: string): Promise<void> {
    const known = this.loaded.get(tenant);
    if (known !== undefined) return known;
    const loading = this.read(tenant);
    this.loaded.set(tenant, loading);
    loading.then(
      () => this.atHandOf.add(tenant),
      // Nothing is decided by policies that could not be read: the next one tries again.
      () => this.loaded.delete(tenant),
    );
    return loading;
  }

  private async read(tenant: string): Promise<void> {
    const { eventStore, registry } = this.options;
    for (const policy of this.builtIn.keys()) {
      const stream = ticketStream(POLICY_PROCESS, policyId(tenant, policy));
      for await (const row of eventStore.readStream(stream)) this.note(registry.decode(row));
    }
  }
}

function policyId(tenant: string, policy: string): string {
  return ticketIdOfKey(tenant, POLICY_PROCESS, policy);
}
