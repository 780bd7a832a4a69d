import { allKeepers, eventsOf, fold, labelsIn, type Happening } from '../testing/folding';
import { knownErrorMatchesProjection } from './known-error-matches.projection';

const stream = 'knownError-k1';

const drafted: Happening = [
  stream,
  'KnownErrorDrafted',
  {
    number: 'KE-1',
    problem: 'p1',
    title: 'The relay is frozen',
    symptom: 'Messages queue up.',
    workaround: 'Restart the relay.',
    errorCode: '421',
    configurationItems: ['Relay-1'],
  },
];
const published: Happening = [stream, 'KnownErrorPublished', { problem: 'p1' }];

const matches = () => knownErrorMatchesProjection(allKeepers());

const documentsOf = (...happenings: readonly Happening[]) => fold(matches(), eventsOf(happenings));

const termsIn = (...happenings: readonly Happening[]) =>
  labelsIn(matches(), documentsOf(...happenings));

describe('what known errors are found by', () => {
  it('is each word and configuration item of a published one', () => {
    const terms = [
      'item relay-1',
      ...['relay', 'frozen', '421', 'messages', 'queue'].map((word) => `word ${word}`),
    ];
    expect(termsIn(drafted, published)).toEqual(terms.map((term) => ({ term, knownError: 'k1' })));
    expect(documentsOf(drafted, published).get('k1')).toMatchObject({
      number: 'KE-1',
      problem: 'p1',
      isPublished: true,
      workaroundExcerpt: 'Restart the relay.',
    });
  });

  it.each<readonly [name: string, happenings: readonly Happening[]]>([
    ['a draft', [drafted]],
    ['a retired one', [drafted, published, [stream, 'KnownErrorRetired', { reason: 'obsolete' }]]],
    [
      'a superseded one',
      [drafted, published, [stream, 'KnownErrorSuperseded', { successor: 'k2' }]],
    ],
  ])('is nothing of %s', (_, happenings) => {
    expect(termsIn(...happenings)).toEqual([]);
    expect(documentsOf(...happenings).get('k1')).toMatchObject({ isPublished: false });
  });

  it('goes with it to another problem', () => {
    const moved: Happening = [stream, 'KnownErrorMoved', { from: 'p1', to: 'p2', toNumber: '2' }];
    expect(documentsOf(drafted, published, moved).get('k1')).toMatchObject({ problem: 'p2' });
  });

  it('stays as it is where an event concerns no fact', () => {
    const predecessor: Happening = [stream, 'KnownErrorPredecessorRecorded', { knownError: 'k0' }];
    expect(documentsOf(drafted, published, predecessor)).toEqual(documentsOf(drafted, published));
  });
});
