import { ticketKey, type RelatedTicket } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { configurationItemProcess, type CIState } from '../index';

const SELF = '0195c1d0-0000-7000-8000-000000000001';
const OTHER = '0195c1d0-0000-7000-8000-000000000002';

const registered = [
  'RegisterCI',
  { ciClass: 'farm', identification: ['farm-1'], state: 'in-production' },
] as const;

/** A context in which the name leads to an item with these facts. */
const finding = (facts: Partial<CIState> = {}, name = 'CI-000002'): ScenarioContext<CIState> => {
  const state: CIState = {
    ...configurationItemProcess.initial,
    state: 'in-production',
    id: OTHER,
    number: 'CI-000002',
    ...facts,
  };
  const found: RelatedTicket<CIState> = { id: state.id ?? '', state };
  return {
    tickets: new Map([[name, found]]),
    related: new Map([
      [
        ticketKey({ process: 'change', ticket: 'CHG-1' }),
        { id: 'change-id', state: { state: 'implement' } },
      ],
    ]),
  };
};

const body = { type: 'has-member', target: 'CI-000002', change: 'CHG-1' };
const related = ['RelateCI', body, finding()] as const;

const companionsOf = (name: string, command: object, state: CIState): unknown =>
  configurationItemProcess.commands[name]?.companions?.(
    command as Readonly<Record<string, unknown>>,
    state,
    { ...finding(), policies: configurationItemProcess.policies } as never,
  );

describe('relating two items', () => {
  it('records how they stand to each other, whose failure reaches whom, and by what right', () => {
    given(configurationItemProcess, registered)
      .when(...related)
      .thenEvents([
        'CIRelated',
        {
          type: 'has-member',
          inverse: 'member-of',
          impact: 'target-to-source',
          target: OTHER,
          targetNumber: 'CI-000002',
          change: 'change-id',
          isVerified: true,
          relationCount: 1,
        },
      ])
      .thenState({ relationCount: 1 });
  });

  it('has the other item record the inverse first', () => {
    const { state } = given(configurationItemProcess, registered);
    expect(companionsOf('RelateCI', body, state)).toEqual([
      {
        ticket: OTHER,
        command: {
          type: 'member-of',
          source: SELF,
          sourceNumber: 'CI-000001',
          change: 'change-id',
          discoveryRun: null,
          reason: null,
        },
      },
    ]);
  });

  it('notes on the other item who named it, once, however often it is recorded', () => {
    const note = { type: 'member-of', source: OTHER, sourceNumber: 'CI-000002' };
    given(configurationItemProcess, registered, ['RecordCIRelation', note])
      .when('RecordCIRelation', note)
      .thenEvents(['CIRelationRecorded', { inverse: 'has-member', relationCount: 1 }])
      .thenState({
        relations: [expect.objectContaining({ isMadeHere: false, impact: 'source-to-target' })],
      });
  });

  it('marks what a discovery run saw as unverified', () => {
    given(configurationItemProcess, registered)
      .when('RelateCI', { ...body, change: null, discoveryRun: 'scan-1' }, finding())
      .thenEvents(['CIRelated', { discoveryRun: 'scan-1', isVerified: false }]);
  });

  it.each([
    ['of no known type', { type: 'loves' }, finding(), 'refused.relation-type'],
    ['to nothing known', {}, { ...finding({}, 'CI-000009') }, 'refused.related-missing'],
    ['to itself', {}, finding({ id: SELF }), 'refused.self-reference'],
    ['to what is disposed of', {}, finding({ state: 'disposed' }), 'refused.target-disposed'],
    ['without authority', { change: null }, finding(), 'refused.authority'],
  ])('is refused %s', (_, fields, context, refused) => {
    given(configurationItemProcess, registered)
      .when('RelateCI', { ...body, ...fields }, context)
      .thenRefused(refused);
  });

  it('is refused twice', () => {
    given(configurationItemProcess, registered, related)
      .when(...related)
      .thenRefused('refused.already-related');
  });
});

describe('taking a relation away', () => {
  it('records it on both items', () => {
    const { state } = given(configurationItemProcess, registered, related);
    given(configurationItemProcess, registered, related)
      .when('UnrelateCI', body, finding())
      .thenEvents(['CIUnrelated', { type: 'has-member', target: OTHER, relationCount: 0 }])
      .thenState({ relations: [], relationCount: 0 });
    expect(companionsOf('UnrelateCI', body, state)).toMatchObject([
      { ticket: OTHER, command: { type: 'member-of', source: SELF } },
    ]);
  });

  it('works from the item that only noted it', () => {
    const note = { type: 'member-of', source: OTHER, sourceNumber: 'CI-000002' };
    given(configurationItemProcess, registered, ['RecordCIRelation', note])
      .when('UnrelateCI', { ...body, type: 'member-of' }, finding())
      .thenState({ relations: [] });
    given(configurationItemProcess, registered, ['RecordCIRelation', note])
      .when('RecordCIRelationRemoval', note)
      .thenEvents(['CIRelationRemovalRecorded', { relationCount: 0 }])
      .thenState({ relations: [] });
  });

  it('is refused where there is none', () => {
    given(configurationItemProcess, registered)
      .when('UnrelateCI', body, finding())
      .thenRefused('refused.not-related');
  });
});

describe('correcting relations', () => {
  const correction = { type: 'has-member', target: 'CI-000002', reason: 'Forgotten.' };

  it('adds and removes with the reason, without a change', () => {
    given(configurationItemProcess, registered)
      .when('CorrectCIRelation', { ...correction, correction: 'add' }, finding())
      .thenEvents(['CIRelated', { reason: 'Forgotten.', change: null }]);
    given(configurationItemProcess, registered, related)
      .when('CorrectCIRelation', { ...correction, correction: 'remove' }, finding())
      .thenEvents(['CIUnrelated', { reason: 'Forgotten.', change: null }]);
  });

  it('is refused where nothing is to be corrected', () => {
    given(configurationItemProcess, registered, related)
      .when('CorrectCIRelation', { ...correction, correction: 'add' }, finding())
      .thenRefused('refused.already-related');
    given(configurationItemProcess, registered)
      .when('CorrectCIRelation', { ...correction, correction: 'remove' }, finding())
      .thenRefused('refused.not-related');
  });

  it('has the other item note what was corrected', () => {
    const { state } = given(configurationItemProcess, registered);
    const add = { ...correction, correction: 'add' };
    expect(companionsOf('CorrectCIRelation', add, state)).toMatchObject([
      { ticket: OTHER, command: { reason: 'Forgotten.' } },
    ]);
  });
});

describe('redundancy rules', () => {
  const rule = { relation: 'has-member', kind: 'count', minimum: 2, change: 'CHG-1' };
  const set = ['SetCIRedundancy', rule, finding()] as const;

  it('say how many impactors must work, and replace the one before', () => {
    given(configurationItemProcess, registered, set)
      .when('SetCIRedundancy', { ...rule, kind: 'percentage', minimum: 50 }, finding())
      .thenEvents(['CIRedundancySet', { previousKind: 'count', previousMinimum: 2 }])
      .thenState({ redundancy: [{ relation: 'has-member', kind: 'percentage', minimum: 50 }] });
  });

  it('may speak for all impactors', () => {
    given(configurationItemProcess, registered, set)
      .when('SetCIRedundancy', { ...rule, relation: null, minimum: 1 }, finding())
      .thenState({
        redundancy: [
          { relation: 'has-member', kind: 'count', minimum: 2 },
          { relation: null, kind: 'count', minimum: 1 },
        ],
      });
  });

  it('end', () => {
    given(configurationItemProcess, registered, set)
      .when('ClearCIRedundancy', { relation: 'has-member', change: 'CHG-1' }, finding())
      .thenEvents(['CIRedundancyCleared', { previousKind: 'count', previousMinimum: 2 }])
      .thenState({ redundancy: [] });
  });

  it.each([
    ['over which nothing reaches it', { relation: 'member-of' }, 'refused.relation-type'],
    ['that is unknown', { relation: 'loves' }, 'refused.relation-type'],
    [
      'beyond a hundred percent',
      { kind: 'percentage', minimum: 101 },
      'refused.redundancy-minimum',
    ],
    ['without authority', { change: null }, 'refused.authority'],
  ])('are refused for a relation %s', (_, fields, refused) => {
    given(configurationItemProcess, registered)
      .when('SetCIRedundancy', { ...rule, ...fields }, finding())
      .thenRefused(refused);
  });

  it('cannot end where there is none', () => {
    given(configurationItemProcess, registered)
      .when('ClearCIRedundancy', { change: 'CHG-1' }, finding())
      .thenRefused('refused.no-redundancy');
  });
});
