import type { Projection, ReadDocument, RecordedEvent } from '@ledgerdesk/kernel';
import * as fc from 'fast-check';
import { readModelsOf } from './read-models-of';
import { requestProcess } from './testing/request.process';

const facts = fc.record(
  {
    state: fc.constantFrom('new', 'waiting', 'resolved', 'closed', 'cancelled'),
    assignee: fc.constantFrom('ann', 'bob', null),
    priority: fc.constantFrom(1, 2, null),
    tags: fc.constantFrom<readonly string[]>([], ['x'], ['x', 'y']),
    reopenCount: fc.constantFrom(0, 1),
  },
  { requiredKeys: [] },
);

const events = fc.array(fc.record({ facts, isNote: fc.boolean(), isStored: fc.boolean() }), {
  maxLength: 25,
});

function eventAt(revision: number, isNote: boolean, changed: object): RecordedEvent {
  return {
    type: isNote ? 'RequestNoted' : 'RequestChanged',
    stream: 'request-a',
    revision: BigInt(revision),
    position: BigInt(revision + 1),
    occurredAt: new Date(Date.UTC(2026, 0, 1, 7 * revision)).toISOString(),
    data: isNote ? { text: 'x' } : { facts: changed },
  } as unknown as RecordedEvent;
}

function text({ aggregates = [] }: Projection, document: ReadDocument | undefined): string {
  const sums = aggregates.map(({ contributions }) => document && contributions(document));
  return JSON.stringify([document, sums]);
}

describe('each read model', () => {
  it('folds the same document, byte for byte, from what a store gives back as from memory', () => {
    fc.assert(
      fc.property(events, (history) => {
        for (const [index, projection] of readModelsOf(requestProcess).entries()) {
          const storing = readModelsOf(requestProcess)[index] ?? projection;
          let live: ReadDocument | undefined;
          let stored: ReadDocument | undefined;
          for (const [revision, { facts: changed, isNote, isStored }] of history.entries()) {
            const event = eventAt(revision, isNote, changed);
            live = projection.fold(live, event) ?? undefined;
            stored = storing.fold(stored, event) ?? undefined;
            if (isStored) stored = JSON.parse(JSON.stringify(stored)) as ReadDocument;
            expect(text(storing, stored)).toBe(text(projection, live));
          }
        }
      }),
      { seed: 20_260_301, numRuns: 150 },
    );
  });

  it('has a name and a version of its own', () => {
    const names = readModelsOf(requestProcess).map(({ name }) => name);
    expect(names).toEqual(['request-list', 'request-figures']);
  });
});
