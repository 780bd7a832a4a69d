import { commandNameOf, ticketKey, type ProcessState } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { knownErrorProcess, type KnownErrorState } from '../index';
import { wrongFields } from '../testing';
import { knownErrorDecider } from './known-error.decider';

const OTHER = '0195c1d0-0000-7000-8000-000000000002';

const ofProblem = (state: object): ScenarioContext<KnownErrorState> => ({
  related: new Map([
    [
      ticketKey({ process: 'problem', ticket: 'PRB-17' }),
      { id: 'problem-17', state: { number: 'PRB-000017', ...state } as unknown as ProcessState },
    ],
  ]),
});

const analysed = ofProblem({ state: 'root-cause-analysis' });
const draft = { problem: 'PRB-17', symptom: 'It stops.\nOn Mondays.' };
const drafted = ['DraftKnownError', draft, analysed] as const;
const draftedWithWay = [
  'DraftKnownError',
  { ...draft, workaround: 'Restart it.' },
  analysed,
] as const;
const published = ['PublishKnownError', {}] as const;

const finding = (facts: Partial<KnownErrorState>): ScenarioContext<KnownErrorState> => {
  const state = { ...knownErrorProcess.initial, id: OTHER, number: 'KE-000002', ...facts };
  return { tickets: new Map([['KE-000002', { id: state.id ?? '', state }]]) };
};

describe('drafting a known error', () => {
  it('takes cause and workaround over from its problem', () => {
    given(knownErrorProcess)
      .when(
        'DraftKnownError',
        draft,
        ofProblem({
          state: 'fix-in-progress',
          rootCause: { notes: 'Half-open connections.' },
          workaround: { steps: 'Restart it.' },
        }),
      )
      .thenEvents([
        'KnownErrorDrafted',
        {
          number: 'KE-000001',
          problem: 'problem-17',
          problemNumber: 'PRB-000017',
          title: 'It stops.',
          rootCause: 'Half-open connections.',
          workaround: 'Restart it.',
        },
      ])
      .thenState({ state: 'draft', excerpt: draft.symptom, workaroundExcerpt: 'Restart it.' });
  });

  it('keeps what it says itself', () => {
    const facts = {
      title: 'Relay stops',
      rootCause: 'c',
      workaround: 'w',
      solution: 's',
      errorCode: '421',
      domain: 'server',
      vendor: 'acme',
      model: 'relay',
      version: '4.1',
      configurationItems: ['relay-1'],
      documents: ['KB-1'],
    };
    given(knownErrorProcess)
      .when('DraftKnownError', { ...draft, ...facts }, analysed)
      .thenEvents(['KnownErrorDrafted', facts])
      .thenState(facts);
  });

  it('takes no workaround over that is valid no longer', () => {
    const rootCause = { notes: 'Half-open connections.' };
    const workaround = { steps: 'Restart it.', validUntil: '2026-03-02T08:00:00.000Z' };
    given(knownErrorProcess)
      .when('DraftKnownError', draft, ofProblem({ rootCause, workaround }))
      .thenEvents(['KnownErrorDrafted', { rootCause: rootCause.notes, workaround: null }]);
  });

  it('is noted on the problem first', () => {
    const { companions } = knownErrorDecider.commands.DraftKnownError;
    const context = { ...analysed, id: OTHER, number: 'KE-000001' };
    const told = companions?.(draft, knownErrorDecider.initial, context as never) ?? [];
    expect(told.map(({ process, ticket }) => [process, ticket])).toEqual([
      ['problem', 'problem-17'],
    ]);
    expect(told.map(({ command }) => [commandNameOf(command), { ...command }])).toEqual([
      ['RecordProblemKnownError', { knownError: OTHER, knownErrorNumber: 'KE-000001' }],
    ]);
  });

  it.each([
    ['that is not known', {}, 'refused.related-missing'],
    ['that is a duplicate', ofProblem({ closeCode: 'duplicate' }), 'refused.problem-void'],
    ['that was cancelled', ofProblem({ closeCode: 'cancelled' }), 'refused.problem-void'],
  ])('is refused for a problem %s', (_, context, refused) => {
    given(knownErrorProcess).when('DraftKnownError', draft, context).thenRefused(refused);
  });

  it('takes symptom, title and item over from its problem where it says none', () => {
    const problem = {
      state: 'root-cause-analysis',
      title: 'Mail relay stops',
      statement: 'It takes no connections.',
      configurationItem: 'relay-1',
    };
    given(knownErrorProcess)
      .when('DraftKnownError', { problem: 'PRB-17' }, ofProblem(problem))
      .thenEvents([
        'KnownErrorDrafted',
        {
          title: 'Mail relay stops',
          symptom: 'It takes no connections.',
          configurationItems: ['relay-1'],
        },
      ]);
  });

  it('needs a problem, and a domain that there is', () => {
    expect(wrongFields(knownErrorProcess, 'DraftKnownError', { domain: 'kitchen' })).toEqual([
      'domain',
      'problem',
    ]);
    expect(wrongFields(knownErrorProcess, 'EditKnownError', { symptom: null })).toEqual([]);
  });
});

describe('publishing a known error', () => {
  it.each([['rootCause'], ['workaround']])('is allowed with a %s', (field) => {
    given(knownErrorProcess, ['DraftKnownError', { ...draft, [field]: 'Known.' }, analysed])
      .when('PublishKnownError', { comment: 'Reviewed.' })
      .thenEvents(['KnownErrorPublished', { problem: 'problem-17', [field]: 'Known.' }])
      .thenState({ state: 'published', publishedAt: '2026-03-02T08:01:00.000Z' });
  });

  it('is refused without cause and workaround', () => {
    given(knownErrorProcess, drafted)
      .when(...published)
      .thenRefused('refused.no-cause-or-workaround');
  });

  it('is refused with a workaround of its problem that is valid no longer', () => {
    const validUntil = '2026-03-02T09:00:00.000Z';
    const state = { number: 'PRB-000017', workaround: { steps: 'Restart it.', validUntil } };
    const ticket = { id: 'problem-17', state: state as unknown as ProcessState };
    const problem = {
      related: new Map(['PRB-17', 'problem-17'].map((name) => [`problem/${name}`, ticket])),
    };
    const steps = [['DraftKnownError', draft, problem]] as const;
    given(knownErrorProcess, ...steps)
      .when('PublishKnownError', {}, { ...problem, now: validUntil })
      .thenRefused('refused.workaround-expired', { validUntil });
    given(knownErrorProcess, ...steps)
      .when('PublishKnownError', {}, { ...problem, now: '2026-03-02T08:59:59.999Z' })
      .thenState({ state: 'published' });
    given(knownErrorProcess, ...steps, ['EditKnownError', { workaround: 'Restart both.' }])
      .when('PublishKnownError', {}, { ...problem, now: validUntil })
      .thenState({ state: 'published' });
  });

  it('keeps one of them from then on', () => {
    given(knownErrorProcess, draftedWithWay, published)
      .when('EditKnownError', { workaround: null })
      .thenRefused('refused.no-cause-or-workaround');
    given(knownErrorProcess, draftedWithWay, published)
      .when('EditKnownError', { workaround: null, rootCause: 'Found.' })
      .thenEvents(
        ['KnownErrorRootCauseChanged', { from: null, to: 'Found.' }],
        ['KnownErrorWorkaroundChanged', { from: 'Restart it.', to: null }],
      )
      .thenState({ workaroundExcerpt: null });
    given(knownErrorProcess, draftedWithWay)
      .when('EditKnownError', { workaround: null })
      .thenEvents(['KnownErrorWorkaroundChanged', { to: null }]);
  });
});

describe('editing a known error', () => {
  it('replaces lists as a whole', () => {
    given(knownErrorProcess, drafted)
      .when('EditKnownError', { configurationItems: ['a', 'b'], documents: [] })
      .thenEvents(['KnownErrorConfigurationItemsChanged', { from: [], to: ['a', 'b'] }]);
    given(knownErrorProcess, drafted, ['EditKnownError', { configurationItems: ['a', 'b'] }])
      .when('EditKnownError', { configurationItems: ['a', 'b'] })
      .thenRefused('refused.no-change');
    given(knownErrorProcess, drafted, ['EditKnownError', { configurationItems: ['a', 'b'] }])
      .when('EditKnownError', { configurationItems: null })
      .thenState({ configurationItems: [] });
  });
});

describe('the end of a known error', () => {
  it('comes by a published successor, and both say so', () => {
    given(knownErrorProcess, draftedWithWay, published)
      .when('SupersedeKnownError', { successor: 'KE-000002' }, finding({ state: 'published' }))
      .thenEvents(['KnownErrorSuperseded', { successor: OTHER, successorNumber: 'KE-000002' }])
      .thenState({ state: 'superseded', supersededBy: OTHER });
    given(knownErrorProcess, draftedWithWay, published)
      .when('RecordKnownErrorPredecessor', { knownError: OTHER, knownErrorNumber: 'KE-000002' })
      .thenEvents(['KnownErrorPredecessorRecorded', { knownError: OTHER }])
      .thenState({ predecessors: [OTHER] });
  });

  it.each([
    ['is not known', {}, 'refused.related-missing'],
    [
      'is itself',
      finding({ state: 'published', id: '0195c1d0-0000-7000-8000-000000000001' }),
      'refused.self-reference',
    ],
    ['is a draft', finding({ state: 'draft' }), 'refused.successor-not-published'],
  ])('is refused where the successor %s', (_, context, refused) => {
    given(knownErrorProcess, draftedWithWay, published)
      .when('SupersedeKnownError', { successor: 'KE-000002' }, context)
      .thenRefused(refused);
  });

  it.each([
    ['a draft', [drafted]],
    ['a published one', [draftedWithWay, published]],
  ])('comes for %s that is of use no longer, for good', (_, steps) => {
    const retired = ['RetireKnownError', { reason: 'obsolete' }] as const;
    given(knownErrorProcess, ...steps)
      .when(...retired)
      .thenEvents(['KnownErrorRetired', { reason: 'obsolete', comment: null }])
      .thenState({ state: 'retired', retirementReason: 'obsolete' });
    given(knownErrorProcess, ...steps, retired)
      .when(...published)
      .thenRefused('refused.state');
  });

  it('does not keep it from moving to the original of a duplicate problem', () => {
    given(knownErrorProcess, drafted, ['RetireKnownError', { reason: 'fixed' }])
      .when('MoveKnownError', { problem: 'problem-18', problemNumber: 'PRB-000018' })
      .thenEvents(['KnownErrorMoved', { from: 'problem-17', to: 'problem-18' }])
      .thenState({ problem: 'problem-18', problemNumber: 'PRB-000018' });
  });
});
