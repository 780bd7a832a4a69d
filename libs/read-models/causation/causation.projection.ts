import { CAUSATION, type Projection } from '@ledgerdesk/kernel';

/**
 * One document for each event that another event caused, found by its cause: what flows and timers
 * did, not what people did, so that it grows with their work alone. `causePosition` says where the
 * cause stands, where the event itself tells.
 */
export function causationProjection(streamPrefixes: readonly string[]): Projection {
  return {
    name: CAUSATION,
    version: 2,
    streamPrefixes,
    documents: {
      name: CAUSATION,
      fields: {
        causationId: 'text',
        correlationId: 'text',
        causePosition: 'text',
        order: 'number',
      },
      compoundIndexes: [['causationId', 'order']],
    },
    keyOf: ({ id, causationId }) => (causationId === null ? undefined : id),
    fold: (_, event) => {
      const causePosition = event.data['causePosition'];
      return {
        position: event.position.toString(),
        order: Number(event.position),
        stream: event.stream,
        revision: event.revision.toString(),
        type: event.type,
        causationId: event.causationId,
        correlationId: event.correlationId,
        causePosition: typeof causePosition === 'string' ? causePosition : null,
        actor: event.actor,
        origin: { ...event.origin },
        occurredAt: event.occurredAt,
      };
    },
  };
}
