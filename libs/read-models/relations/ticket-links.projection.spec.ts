import { processes } from '@ledgerdesk/processes';
import { eventsOf, fold, type Happening } from '../testing/folding';
import { ticketLinksProjection } from './ticket-links.projection';

const link = { type: 'investigated-by', inverse: 'investigates', targetKind: 'problem' };

const linked = (stream: string, type: string, number: number, target: string): Happening => [
  stream,
  type,
  { ...link, link: number, target },
];

const documentsOf = (...happenings: readonly Happening[]) =>
  fold(ticketLinksProjection(processes), eventsOf(happenings));

describe('the links of tickets', () => {
  it('are one document each, of whatever process the ticket is', () => {
    const documents = documentsOf(
      linked('incident-i1', 'IncidentLinked', 1, 'p1'),
      linked('incident-i1', 'IncidentLinked', 2, 'p2'),
      linked('change-c1', 'ChangeLinked', 1, 'p1'),
    );
    expect([...documents]).toEqual([
      ['i1 1', { from: 'i1', to: 'p1', ...link, since: '2026-01-01T01:00:00.000Z' }],
      ['i1 2', { from: 'i1', to: 'p2', ...link, since: '2026-01-01T02:00:00.000Z' }],
      ['c1 1', { from: 'c1', to: 'p1', ...link, since: '2026-01-01T03:00:00.000Z' }],
    ]);
  });

  it('have none once they are taken away, and the others stay', () => {
    const documents = documentsOf(
      linked('incident-i1', 'IncidentLinked', 1, 'p1'),
      linked('incident-i1', 'IncidentLinked', 2, 'p2'),
      linked('incident-i1', 'IncidentUnlinked', 1, 'p1'),
    );
    expect([...documents.keys()]).toEqual(['i1 2']);
  });

  it('are told by no other event', () => {
    const { keyOf } = ticketLinksProjection(processes);
    const others = processes.flatMap(({ events }) => Object.keys(events));
    const telling = eventsOf(others.map((type) => ['incident-i1', type, { link: 1 }]))
      .filter((event) => keyOf(event) !== undefined)
      .map(({ type }) => type);
    expect(telling.filter((type) => !/(Linked|Unlinked)$/u.test(type))).toEqual([]);
    expect(telling).toContain('ProblemUnlinked');
  });
});
