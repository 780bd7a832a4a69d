import { allKeepers, eventsOf, fold, labelsIn, type Happening } from '../testing/folding';
import { workProjection } from './work.projection';

const incident = 'incident-i1';
const item = 'configurationItem-c1';

const registered: Happening = [
  incident,
  'IncidentRegistered',
  { number: 'INC-1', title: 'No mail', description: 'Nothing comes.', configurationItem: 'c1' },
];

const work = () => workProjection(allKeepers());

const documentsOf = (...happenings: readonly Happening[]) => fold(work(), eventsOf(happenings));

describe('the work list', () => {
  it('has one slim row for each ticket of each process', () => {
    const told = { number: 'PRB-1', title: 'T', statement: 'It stops.' };
    const problem: Happening = ['problem-p1', 'ProblemRegistered', told];
    const documents = documentsOf(registered, problem);
    expect([...documents.keys()]).toEqual(['i1', 'p1']);
    expect(documents.get('i1')).toMatchObject({
      id: 'i1',
      process: 'incident',
      number: 'INC-1',
      title: 'No mail',
      state: 'new',
      stateCategory: 'open',
      openedAt: '2026-01-01T01:00:00.000Z',
      updatedAt: '2026-01-01T01:00:00.000Z',
    });
    expect(documents.get('p1')).toMatchObject({ process: 'problem', number: 'PRB-1', title: 'T' });
  });

  it('calls by its name what has no title', () => {
    const told = {
      number: 'CI-1',
      state: 'in-production',
      identification: [],
      attributes: { name: 'mail-1' },
    };
    const documents = documentsOf([item, 'CIRegistered', told]);
    expect(documents.get('c1')).toMatchObject({ process: 'configuration-item', title: 'mail-1' });
  });

  it('keeps when a ticket began, and takes no note of what is no fact', () => {
    const note: Happening = [incident, 'IncidentNoteAdded', { note: 1, text: 'Rang.' }];
    const cancelled: Happening = [incident, 'IncidentCancelled', { reason: 'mistake' }];
    const events = eventsOf([registered, note, cancelled]);
    const projection = work();
    const [first, noted, last] = [1, 2, 3].map((count) =>
      fold(projection, events.slice(0, count)).get('i1'),
    );
    expect(noted).toEqual(first);
    expect(last).toMatchObject({
      stateCategory: 'done',
      openedAt: '2026-01-01T01:00:00.000Z',
      updatedAt: '2026-01-01T03:00:00.000Z',
    });
  });

  it('sums up what tickets refer to, and gives up what they refer to no longer', () => {
    const other: Happening = [
      incident,
      'IncidentConfigurationItemChanged',
      { from: 'c1', to: 'c2' },
    ];
    const to = (target: string) => ({
      from: 'i1',
      to: target,
      type: 'affects',
      inverse: 'affected-by',
      targetKind: 'configuration-item',
    });
    expect(labelsIn(work(), documentsOf(registered))).toEqual([to('c1')]);
    expect(labelsIn(work(), documentsOf(registered, other))).toEqual([to('c2')]);
  });

  it('refers once to what a fact names twice', () => {
    const configurationItems = ['c1', 'c1', '', 'c2'];
    const drafted = { number: 'KE-1', problem: 'p1', symptom: 'S', workaround: null };
    const documents = documentsOf([
      'knownError-k1',
      'KnownErrorDrafted',
      { ...drafted, configurationItems },
    ]);
    expect(labelsIn(work(), documents)).toMatchObject([{ to: 'p1' }, { to: 'c1' }, { to: 'c2' }]);
  });

  it('passes over what is no ticket', () => {
    expect(documentsOf(['numbers-incident', 'NumberBlockReserved', { last: 9 }]).size).toBe(0);
  });

  it('is built anew when the listing of any process changes', () => {
    const keepers = allKeepers();
    const changed = keepers.map((keeper) => {
      const { process } = keeper;
      const version = process.listing.version + 1;
      return process.name === 'problem'
        ? { ...keeper, process: { ...process, listing: { ...process.listing, version } } }
        : keeper;
    });
    expect(workProjection(changed).version).toBe(workProjection(keepers).version + 1);
  });
});
