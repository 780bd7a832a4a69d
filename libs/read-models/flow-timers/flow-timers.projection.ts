import {
  FLOW_STREAM_PREFIX,
  FLOW_TIMERS,
  FLOW_TIMERS_BY_FLOW,
  type Contribution,
  type Projection,
  type ReadDocument,
} from '@ledgerdesk/kernel';

/**
 * The due index: one document for each timer that runs, by `dueAt`. A timer that elapsed or was
 * cancelled has none, so that it grows with what is pending, not with history.
 */
export const flowTimersProjection: Projection = {
  name: FLOW_TIMERS,
  version: 2,
  streamPrefixes: [FLOW_STREAM_PREFIX],
  documents: {
    name: FLOW_TIMERS,
    fields: { dueAt: 'text', flow: 'text', key: 'text', name: 'text' },
    compoundIndexes: [['flow', 'dueAt']],
  },
  aggregates: [
    {
      collection: { name: FLOW_TIMERS_BY_FLOW, fields: { flow: 'text' } },
      contributions: (document: ReadDocument): readonly Contribution[] => {
        const flow = document['flow'] as string;
        return [{ id: flow, labels: { flow }, amounts: { timers: 1 } }];
      },
    },
  ],
  keyOf: ({ type, stream, data }) =>
    type.startsWith('Timer') ? `${stream} ${String(data['name'])}` : undefined,
  fold: (document, { id, type, stream, data }) => {
    switch (type) {
      case 'TimerSet':
        return {
          stream,
          flow: String(data['flow']),
          key: String(data['key']),
          name: String(data['name']),
          dueAt: String(data['dueAt']),
          setBy: id,
        };
      case 'TimerMoved':
        return { ...document, dueAt: String(data['dueAt']), setBy: id };
      default:
        return null;
    }
  },
};
