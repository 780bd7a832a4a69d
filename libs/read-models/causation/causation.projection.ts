import { CAUSATION, type Projection } from '@ledgerdesk/kernel';

/**
 * One document for each event that another event caused, found by its cause: what flows and timers
 * did, not what people did, so that it grows with their work alone. It says where the event stands
 * and no more: there is one for each event of a flow, and the log tells the rest. `causePosition`
 * says where the cause stands, where the event itself tells.
 */
export function causationProjection(streamPrefixes: readonly string[]): Projection {
  return {
    name: CAUSATION,
    version: 3,
    streamPrefixes,
    documents: {
      name: CAUSATION,
      fields: { causationId: 'text', order: 'number' },
      compoundIndexes: [['causationId', 'order']],
    },
    keyOf: ({ id, causationId }) => (causationId === null ? undefined : id),
    fold: (_, { position, causationId, data }) => {
      const { causePosition } = data;
      return {
        position: position.toString(),
        order: Number(position),
        causationId,
        ...(typeof causePosition === 'string' && { causePosition }),
      };
    },
  };
}
