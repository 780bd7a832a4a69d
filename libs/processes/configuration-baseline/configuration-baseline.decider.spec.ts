import { ticketKey } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { configurationBaselineProcess, configurationDigest, type BaselineState } from '../index';
import { wrongFields } from '../testing';
import { baselineDecider } from './configuration-baseline.decider';

const SELF = '0195c1d0-0000-7000-8000-000000000001';

const server = {
  state: 'in-production',
  number: 'CI-000042',
  ciClass: 'server',
  attributes: { name: 'mail-01', memoryGigabytes: 64 },
  relations: [{ type: 'member-of', target: 'farm' }],
  redundancy: [],
};

const finding = (
  ...names: readonly (readonly [name: string, id: string])[]
): ScenarioContext<BaselineState> => ({
  related: new Map(
    names.map(([ticket, id]) => [
      ticketKey({ process: 'configuration-item', ticket }),
      { id, state: server, revision: 7n },
    ]),
  ),
});

const take = { name: 'Before the upgrade', configurationItems: ['CI-000042'], change: 'CHG-1' };
const taken = ['TakeBaseline', take, finding(['CI-000042', 'ci-1'])] as const;

const successor = (facts: Partial<BaselineState>): ScenarioContext<BaselineState> => ({
  tickets: new Map([
    ['BL-2', { id: 'later', state: { ...configurationBaselineProcess.initial, ...facts } }],
  ]),
});

describe('taking a baseline', () => {
  it('records the revision of each item, and a digest of what it is made of', () => {
    given(configurationBaselineProcess)
      .when(...taken)
      .thenEvents([
        'BaselineTaken',
        {
          number: 'BL-000001',
          name: 'Before the upgrade',
          change: 'CHG-1',
          items: [
            {
              id: 'ci-1',
              number: 'CI-000042',
              ciClass: 'server',
              state: 'in-production',
              revision: '7',
              digest: configurationDigest(server),
            },
          ],
        },
      ])
      .thenState({ state: 'current', itemCount: 1, id: SELF });
  });

  it('counts an item once, by whatever names it is called', () => {
    given(configurationBaselineProcess)
      .when(
        'TakeBaseline',
        { ...take, configurationItems: ['CI-000042', 'ci-1'] },
        finding(['CI-000042', 'ci-1'], ['ci-1', 'ci-1']),
      )
      .thenState({ itemCount: 1 });
  });

  it('is refused where an item is not there, and names it', () => {
    given(configurationBaselineProcess)
      .when('TakeBaseline', { ...take, configurationItems: ['CI-000042', 'CI-9'] }, taken[2])
      .thenRefused('refused.related-missing', { references: ['CI-9'] });
  });

  it('asks for all items before it is decided', () => {
    const { needs } = configurationBaselineProcess.commands['TakeBaseline'] ?? {};
    expect(needs?.(take, configurationBaselineProcess.initial)).toEqual({
      related: [{ process: 'configuration-item', ticket: 'CI-000042' }],
    });
  });

  it('takes from 1 to 200 items', () => {
    const many = Array.from({ length: 201 }, (_, index) => `CI-${index}`);
    const wrong = (configurationItems: readonly string[]): readonly string[] =>
      wrongFields(configurationBaselineProcess, 'TakeBaseline', { ...take, configurationItems });
    expect(wrong([])).toEqual(['configurationItems']);
    expect(wrong(many)).toEqual(['configurationItems']);
    expect(wrong(many.slice(1))).toEqual([]);
  });
});

describe('a baseline that is no longer current', () => {
  it('gives way to a later one', () => {
    given(configurationBaselineProcess, taken)
      .when('SupersedeBaseline', { by: 'BL-2' }, successor({ state: 'current', id: 'later' }))
      .thenEvents(['BaselineSuperseded', { by: 'later' }])
      .thenState({ state: 'superseded', supersededBy: 'later' });
  });

  it.each([
    ['nothing known', {}, 'refused.related-missing'],
    ['itself', successor({ state: 'current', id: SELF }), 'refused.self-reference'],
    [
      'what was withdrawn',
      successor({ state: 'withdrawn', id: 'later' }),
      'refused.successor-over',
    ],
  ])('does not give way to %s', (_, context, refused) => {
    given(configurationBaselineProcess, taken)
      .when('SupersedeBaseline', { by: 'BL-2' }, context)
      .thenRefused(refused);
  });

  it('is withdrawn with a reason, once', () => {
    const withdrawn = ['WithdrawBaseline', { reason: 'Half-way.' }] as const;
    given(configurationBaselineProcess, taken)
      .when(...withdrawn)
      .thenState({ state: 'withdrawn', withdrawnReason: 'Half-way.', itemCount: 1 });
    given(configurationBaselineProcess, taken, withdrawn)
      .when(...withdrawn)
      .thenRefused('refused.state');
  });
});

describe('before anything happened', () => {
  it('there is no state, and nothing is linked', () => {
    expect(baselineDecider.initial).toMatchObject({ state: null, links: [] });
  });
});
