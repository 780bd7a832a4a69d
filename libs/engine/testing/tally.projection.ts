import {
  createEventRegistry,
  defineEvents,
  type Projection,
  type ReadDocument,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

/** Events of tallies, on which projections are tested. */
export const tallyEvents = defineEvents({
  TallyAdded: { version: 1, summary: 'An amount was added', fields: { amount: 'integer' } },
  TallyRemoved: { version: 1, summary: 'The tally is gone', fields: {} },
  /** The fold throws on it. */
  TallySpoilt: { version: 1, summary: 'A fact that no fold can bear', fields: {} },
  /** The fold gives a field of the document another kind than it declares. */
  TallyGarbled: { version: 1, summary: 'A fact that makes a document unfit', fields: {} },
  /** The fold makes a document of it that only the store finds unfit. */
  TallyBloated: { version: 1, summary: 'A fact that is too long for an index', fields: {} },
});

export const tallyRegistry = createEventRegistry([tallyEvents]);

/** Ends with `total`: what a test looks for in a document. */
interface Tally extends ReadDocument {
  readonly parity: string;
  readonly additions: number;
  readonly total: number;
}

/** The running total of each `tally-` stream, and sums over them by parity and by additions. */
export function tallyProjection(
  name = 'tallies',
  version = 1,
  observe: (event: RecordedEvent) => void = () => undefined,
): Projection {
  return {
    name,
    version,
    streamPrefixes: ['tally-'],
    documents: { name, fields: { parity: 'text', total: 'number', mark: 'text' } },
    keyOf: ({ stream }) => (stream === 'tally-ignored' ? undefined : stream.slice('tally-'.length)),
    fold: (document, event) => {
      observe(event);
      return foldTally(document as Tally | undefined, event, version);
    },
    aggregates: [
      {
        collection: { name: `${name}-by-parity`, fields: { parity: 'text', tallies: 'number' } },
        contributions: (document) => {
          const { parity, total } = document as Tally;
          return [{ id: parity, labels: { parity }, amounts: { tallies: 1, total } }];
        },
      },
      {
        collection: { name: `${name}-by-additions`, fields: {} },
        contributions: (document) => {
          const { additions, total } = document as Tally;
          if (total === 13) throw new Error('thirteen cannot be summed');
          return [
            { id: 'all', labels: {}, amounts: { [`additions-${additions}`]: 1 } },
            { id: `${additions % 3}`, labels: { rest: additions % 3 }, amounts: { total } },
          ];
        },
      },
    ],
  };
}

function foldTally(
  document: Tally | undefined,
  { type, data }: RecordedEvent,
  version: number,
): ReadDocument | null {
  switch (type) {
    case 'TallyRemoved':
      return null;
    case 'TallySpoilt':
      throw new Error('spoilt');
    case 'TallyGarbled':
      return { parity: 'odd', additions: 1, total: 0, mark: 5 };
    case 'TallyBloated':
      return { parity: 'odd', additions: 1, total: 0, mark: 'x'.repeat(20_000) };
    default: {
      const total = (document?.total ?? 0) + Number(data['amount']);
      const additions = (document?.additions ?? 0) + 1;
      const parity = total % 2 === 0 ? 'even' : 'odd';
      return { ...(version > 1 && { version }), parity, additions, total };
    }
  }
}
