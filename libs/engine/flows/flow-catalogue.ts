import {
  assertFlowsDiffer,
  defineFlow,
  flowKeyOfStream,
  FLOW_STREAM_PREFIX,
  type FlowDefinition,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

/** Events of flows that their runner answers to, whatever the flow reacts to. */
const OPERATED = ['FlowRetried', 'FlowSkipped', 'FlowCompensated'] as const;

const NONE: readonly FlowDefinition[] = [];

/** An instance by its flow and key. */
export interface FlowAddress {
  readonly flow: FlowDefinition;
  readonly key: string;
}

/** The flows of an engine, and which events concern which. */
export class FlowCatalogue {
  readonly flows: ReadonlyMap<string, FlowDefinition>;
  /** All types that a runner must be shown. */
  readonly eventTypes: readonly string[];
  private readonly byEventType = new Map<string, readonly FlowDefinition[]>();

  /** @throws LedgerdeskError `defect.flow` */
  constructor(flows: readonly FlowDefinition[]) {
    assertFlowsDiffer(flows);
    this.flows = new Map(flows.map((flow) => [flow.name, defineFlow(flow)]));
    this.eventTypes = [
      ...new Set([...flows.flatMap(({ events }) => Object.keys(events)), ...OPERATED]),
    ];
    const all = [...this.flows.values()];
    for (const type of this.eventTypes) {
      this.byEventType.set(
        type,
        all.filter(({ events }) => events[type] !== undefined),
      );
    }
  }

  /** The instance that this stream belongs to; undefined for a flow that this engine lacks. */
  addressOf(stream: string): FlowAddress | undefined {
    if (!stream.startsWith(FLOW_STREAM_PREFIX)) return undefined;
    for (const flow of this.flows.values()) {
      const key = flowKeyOfStream(flow.name, stream);
      if (key !== undefined) return { flow, key };
    }
    return undefined;
  }

  /**
   * The instances that an event concerns, save those of flows that cannot say which: each of these
   * is handed to `onFault`.
   */
  addressesOf(
    event: RecordedEvent,
    onFault: (flow: FlowDefinition, error: unknown) => void = () => undefined,
  ): readonly FlowAddress[] {
    const own = this.addressOf(event.stream);
    if (own !== undefined) {
      return isOperated(event) || own.flow.events[event.type] !== undefined ? [own] : [];
    }
    const addresses: FlowAddress[] = [];
    for (const flow of this.reactingTo(event)) {
      try {
        const key = flow.correlate(event);
        if (key !== undefined) addresses.push({ flow, key });
      } catch (error) {
        onFault(flow, error);
      }
    }
    return addresses;
  }

  /** The flows that react to an event of this type. */
  reactingTo({ type, origin }: RecordedEvent): readonly FlowDefinition[] {
    const flows = this.byEventType.get(type) ?? NONE;
    return origin.kind === 'import' ? flows.filter(({ imports }) => imports === 'seen') : flows;
  }
}

/** Whether a person let the instance go on, so that it must look at what it has missed. */
export function isOperated({ type }: RecordedEvent): boolean {
  return (OPERATED as readonly string[]).includes(type);
}
