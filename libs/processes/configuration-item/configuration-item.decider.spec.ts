import { ticketKey, type ProcessState } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { configurationItemProcess, type CIState } from '../index';
import { ciDecider } from './configuration-item.decider';

const SELF = '0195c1d0-0000-7000-8000-000000000001';
const CHANGE = 'CHG-000017';

const server = {
  ciClass: 'server',
  identification: ['SN-4711'],
  attributes: { name: 'mail-01', owner: 'ada', memoryGigabytes: 64 },
  state: 'in-production',
};
const registered = ['RegisterCI', server] as const;

/** A context in which the change is found in this state. */
const under = (state: object): ScenarioContext<CIState> => ({
  related: new Map([
    [
      ticketKey({ process: 'change', ticket: CHANGE }),
      { id: 'change-id', state: state as ProcessState },
    ],
  ]),
});
const underWay = under({ state: 'implement', holds: [], configurationItems: [SELF] });
const inReview = under({ state: 'review', holds: [], configurationItems: [SELF] });

const more = { attribute: 'memoryGigabytes', value: 128, change: CHANGE };

describe('registering an item', () => {
  it('records class, identification, attributes and the schema that they were checked by', () => {
    const outcome = given(configurationItemProcess).when('RegisterCI', server);
    outcome
      .thenEvents([
        'CIRegistered',
        {
          number: 'CI-000001',
          attributes: { ...server.attributes, serialNumber: 'SN-4711' },
          source: 'registration',
          assetState: 'in-stock',
          assetSubstate: 'available',
          unverifiedCount: 0,
        },
      ])
      .thenState({ state: 'in-production', name: 'mail-01', owner: 'ada', id: SELF });
    expect(outcome.decision).toMatchObject([{ policies: [{ name: 'ci-classes', version: 1 }] }]);
  });

  it('is planned, and its asset on order, unless it says otherwise', () => {
    given(configurationItemProcess)
      .when('RegisterCI', { ...server, state: undefined })
      .thenState({ state: 'planned', assetState: 'on-order', assetSubstate: null });
  });

  it('counts everything that discovery found as unverified', () => {
    given(configurationItemProcess)
      .when('RegisterCI', { ...server, discoveryRun: 'scan-1', source: 'agent' })
      .thenEvents(['CIRegistered', { source: 'agent', unverifiedCount: 4 }])
      .thenState({
        provenance: expect.objectContaining({
          name: expect.objectContaining({ source: 'agent', isVerified: false }),
        }),
      });
  });

  it('makes no asset of what is none', () => {
    given(configurationItemProcess)
      .when('RegisterCI', { ciClass: 'team', identification: ['Messaging'] })
      .thenState({ name: 'Messaging', assetState: null });
  });

  it.each([
    ['a class that nobody declared', { ciClass: 'spaceship' }, 'refused.ci-class'],
    ['an abstract class', { ciClass: 'functional-ci' }, 'refused.ci-class'],
    ['a name of the prototype', { ciClass: 'constructor' }, 'refused.ci-class'],
    ['too little to identify it', { identification: [] }, 'refused.identification'],
    ['too much to identify it', { identification: ['a', 'b'] }, 'refused.identification'],
    [
      'an identifying attribute given twice',
      { attributes: { name: 'a', serialNumber: 'b' } },
      'refused.identifying-attribute',
    ],
    ['an unknown attribute', { attributes: { name: 'a', wings: 2 } }, 'refused.unknown-attribute'],
    ['no value of a mandatory one', { attributes: {} }, 'refused.attribute-value'],
    ['a text as a number', { attributes: { name: 'a', cpuCores: '8' } }, 'refused.attribute-value'],
    [
      'a word of no choice',
      { attributes: { name: 'a', criticality: 'dire' } },
      'refused.attribute-value',
    ],
    [
      'a day that is none',
      { attributes: { name: 'a', purchasedOn: '2026-02-30' } },
      'refused.attribute-value',
    ],
    ['a text too long', { attributes: { name: 'a'.repeat(201) } }, 'refused.attribute-value'],
    ['a text with a NUL', { attributes: { name: 'a\u0000' } }, 'refused.attribute-value'],
  ])('is refused with %s', (_, fields, refused) => {
    given(configurationItemProcess)
      .when('RegisterCI', { ...server, ...fields })
      .thenRefused(refused);
  });

  it('is known by class and identification, however they are spelt', () => {
    const { naturalKey } = configurationItemProcess.commands['RegisterCI'] ?? {};
    const key = naturalKey?.(server);
    expect(key).toBe('["server","sn-4711"]');
    expect(naturalKey?.({ ...server, identification: [' sn-4711 '] })).toBe(key);
    expect(naturalKey?.({ ...server, ciClass: 'nas' })).not.toBe(key);
    expect(naturalKey?.({ ...server, identification: ['SN', '4711'] })).not.toBe(
      naturalKey?.({ ...server, identification: ['SN-4711'] }),
    );
  });
});

describe('changing an attribute', () => {
  it('records the old and the new value, and the change by its id', () => {
    given(configurationItemProcess, registered)
      .when('ChangeCIAttribute', more, underWay)
      .thenEvents([
        'CIAttributeChanged',
        {
          attribute: 'memoryGigabytes',
          from: 64,
          to: 128,
          source: 'change',
          change: 'change-id',
          discoveryRun: null,
          isVerified: true,
        },
      ])
      .thenState({ attributes: expect.objectContaining({ memoryGigabytes: 128 }) });
  });

  it('counts what a discovery run found as unverified, until it is verified', () => {
    const found = { attribute: 'brand', value: 'Acme', discoveryRun: 'scan-1', source: 'agent' };
    const before = given(configurationItemProcess, registered, ['ChangeCIAttribute', found]);
    expect(before.state).toMatchObject({ unverifiedCount: 1 });
    given(configurationItemProcess, registered, ['ChangeCIAttribute', found])
      .when('ChangeCIAttribute', { ...found, value: null })
      .thenEvents(['CIAttributeChanged', { from: 'Acme', to: null, unverifiedCount: 0 }]);
  });

  it('keeps the facts of lists in step', () => {
    given(configurationItemProcess, registered)
      .when('ChangeCIAttribute', { ...more, attribute: 'owner', value: 'ben' }, underWay)
      .thenState({ owner: 'ben' });
  });

  it('is changed also while the change is reviewed: a back-out puts records back then', () => {
    given(configurationItemProcess, registered)
      .when('ChangeCIAttribute', { ...more, attribute: 'owner', value: 'ben' }, inReview)
      .thenState({ owner: 'ben' });
  });

  it.each([
    ['is not there', {}, 'refused.related-missing'],
    ['is not authorised yet', under({ state: 'authorise' }), 'refused.change-not-under-way'],
    ['is over', under({ state: 'closed' }), 'refused.change-not-under-way'],
    ['is held', under({ state: 'implement', holds: [{}] }), 'refused.change-not-under-way'],
    [
      'does not cover the item',
      under({ state: 'implement', configurationItems: ['other'] }),
      'refused.change-scope',
    ],
  ])('is refused where the change %s', (_, context, refused) => {
    given(configurationItemProcess, registered)
      .when('ChangeCIAttribute', more, context)
      .thenRefused(refused);
  });

  it('asks for the change before it is decided', () => {
    const { needs } = configurationItemProcess.commands['ChangeCIAttribute'] ?? {};
    const { initial } = configurationItemProcess;
    expect(needs?.(more, initial)).toEqual({ related: [{ process: 'change', ticket: CHANGE }] });
    expect(needs?.({ discoveryRun: 'scan-1' }, initial)).toEqual({ related: [] });
  });

  it.each([
    ['both a change and a discovery run', { discoveryRun: 'scan-1' }, 'refused.authority'],
    ['neither', { change: null }, 'refused.authority'],
    ['an unknown attribute', { attribute: 'wings' }, 'refused.unknown-attribute'],
    [
      'the attribute that identifies it',
      { attribute: 'serialNumber' },
      'refused.identifying-attribute',
    ],
    ['a value that does not fit', { value: 'much' }, 'refused.attribute-value'],
    ['no value of a mandatory one', { attribute: 'name', value: null }, 'refused.attribute-value'],
    ['the very same value', { value: 64 }, 'refused.no-change'],
  ])('is refused with %s', (_, fields, refused) => {
    given(configurationItemProcess, registered)
      .when('ChangeCIAttribute', { ...more, ...fields }, underWay)
      .thenRefused(refused);
  });
});

describe('correcting the record', () => {
  const correction = { attribute: 'owner', value: 'ben', reason: 'Mistyped.' };

  it('needs no change, and keeps the reason', () => {
    given(configurationItemProcess, registered)
      .when('CorrectCIAttribute', correction)
      .thenEvents(['CIAttributeCorrected', { from: 'ada', to: 'ben', reason: 'Mistyped.' }])
      .thenState({ owner: 'ben' });
  });

  it('is refused for the very same value', () => {
    given(configurationItemProcess, registered)
      .when('CorrectCIAttribute', { ...correction, value: 'ada' })
      .thenRefused('refused.no-change');
  });

  it('has a permission of its own', () => {
    expect(configurationItemProcess.commands['CorrectCIAttribute']?.permission).toBe(
      'configuration-item:correct',
    );
  });
});

describe('reconciling several sources', () => {
  const body = {
    attribute: 'operatingSystem',
    candidates: [
      { source: 'network-scan', value: 'Unix' },
      { source: 'agent', value: 'Debian 12' },
    ],
    discoveryRun: 'scan-1',
  };
  const reconciled = ['ReconcileCI', body] as const;

  it('takes the value of the best source, and names the losers', () => {
    given(configurationItemProcess, registered)
      .when(...reconciled)
      .thenEvents(
        [
          'CIReconciled',
          {
            winner: { source: 'agent', value: 'Debian 12' },
            losers: [{ source: 'network-scan', value: 'Unix' }],
          },
        ],
        ['CIAttributeChanged', { from: null, to: 'Debian 12', source: 'agent', isVerified: false }],
      )
      .thenState({ unverifiedCount: 1 });
  });

  it('lets the record win where its source is the better one', () => {
    given(configurationItemProcess, registered, reconciled)
      .when('ReconcileCI', { ...body, candidates: [{ source: 'network-scan', value: 'BSD' }] })
      .thenEvents([
        'CIReconciled',
        {
          winner: { source: 'agent', value: 'Debian 12' },
          losers: [{ source: 'network-scan', value: 'BSD' }],
        },
      ]);
  });

  it('believes what is seen now before what the same source saw then', () => {
    given(configurationItemProcess, registered, reconciled)
      .when('ReconcileCI', { ...body, candidates: [{ source: 'agent', value: 'Debian 13' }] })
      .thenState({ attributes: expect.objectContaining({ operatingSystem: 'Debian 13' }) });
  });

  it('does not let a tool overrule a person on what has no order of its own', () => {
    given(configurationItemProcess, registered)
      .when('ReconcileCI', {
        ...body,
        attribute: 'owner',
        candidates: [{ source: 'agent', value: 'root' }],
      })
      .thenState({ owner: 'ada' });
  });

  it.each([
    ['no source at all', { candidates: [] }, 'refused.no-candidates'],
    [
      'a value that does not fit',
      { attribute: 'cpuCores', candidates: [{ source: 'agent', value: 'many' }] },
      'refused.attribute-value',
    ],
  ])('is refused with %s', (_, fields, refused) => {
    given(configurationItemProcess, registered)
      .when('ReconcileCI', { ...body, ...fields })
      .thenRefused(refused);
  });
});

describe('comparing the record with reality', () => {
  const discovered = {
    attribute: 'brand',
    value: 'Acme',
    discoveryRun: 'scan-1',
  };
  const found = { attribute: 'memoryGigabytes', found: 32, method: 'inventory-scan' };

  it('verifies all attributes, and says when it is due again', () => {
    given(configurationItemProcess, registered, ['ChangeCIAttribute', discovered])
      .when('VerifyCI', { method: 'inspection' })
      .thenEvents([
        'CIVerified',
        {
          attributes: ['name', 'owner', 'memoryGigabytes', 'serialNumber', 'brand'],
          unverifiedCount: 0,
          openDiscrepancies: 0,
          nextVerificationDueAt: '2027-03-02T08:02:00.000Z',
        },
      ])
      .thenState({ unverifiedCount: 0, verifiedBy: 'ada' });
  });

  it('is due the sooner the more critical the item is', () => {
    const critical = { ...server, attributes: { name: 'a', criticality: 'high' } };
    given(configurationItemProcess, ['RegisterCI', critical])
      .when('VerifyCI', { method: 'inspection' })
      .thenState({ nextVerificationDueAt: '2026-05-31T08:01:00.000Z' });
  });

  it('leaves what was not looked at unverified', () => {
    given(configurationItemProcess, registered, ['ChangeCIAttribute', discovered])
      .when('VerifyCI', { method: 'inspection', attributes: ['name'] })
      .thenState({ unverifiedCount: 1 });
  });

  it('is refused for an attribute without a value', () => {
    given(configurationItemProcess, registered)
      .when('VerifyCI', { method: 'inspection', attributes: ['brand'] })
      .thenRefused('refused.unknown-attribute');
  });

  it('records a discrepancy and how it ended', () => {
    given(configurationItemProcess, registered)
      .when('RecordCIDiscrepancy', found)
      .thenEvents(['CIDiscrepancyFound', { discrepancy: 1, recorded: 64, found: 32 }])
      .thenState({ openDiscrepancyCount: 1 });
    given(configurationItemProcess, registered, ['RecordCIDiscrepancy', found])
      .when('ResolveCIDiscrepancy', { discrepancy: 1, resolution: 'record-corrected' })
      .thenEvents(['CIDiscrepancyResolved', { openDiscrepancies: 0 }])
      .thenState({ openDiscrepancyCount: 0 });
  });

  it('tells a verification of the discrepancies that are open', () => {
    given(configurationItemProcess, registered, ['RecordCIDiscrepancy', found])
      .when('VerifyCI', { method: 'inspection' })
      .thenEvents(['CIVerified', { openDiscrepancies: 1 }]);
  });

  it.each([
    ['what the record says', { found: 64 }, 'refused.no-change'],
    ['an unknown attribute', { attribute: 'wings' }, 'refused.unknown-attribute'],
  ])('refuses a discrepancy with %s', (_, fields, refused) => {
    given(configurationItemProcess, registered)
      .when('RecordCIDiscrepancy', { ...found, ...fields })
      .thenRefused(refused);
  });

  it('refuses to resolve what is not open', () => {
    given(configurationItemProcess, registered)
      .when('ResolveCIDiscrepancy', { discrepancy: 1, resolution: 'accepted' })
      .thenRefused('refused.no-such-discrepancy', { open: [] });
  });

  it('lets only the owner, or who stands in for the owner, attest', () => {
    const attestation = { statement: 'As recorded.' };
    given(configurationItemProcess, registered)
      .when('AttestCI', attestation)
      .thenEvents(['CIAttested', attestation])
      .thenState({ attestedBy: 'ada' });
    given(configurationItemProcess, registered)
      .when('AttestCI', attestation, { actor: 'ben', onBehalfOf: 'ada' })
      .thenState({ attestedBy: 'ben' });
    given(configurationItemProcess, registered)
      .when('AttestCI', attestation, { actor: 'ben' })
      .thenRefused('refused.other-owner', { owner: 'ada' });
    given(configurationItemProcess, ['RegisterCI', { ...server, attributes: { name: 'a' } }])
      .when('AttestCI', attestation)
      .thenRefused('refused.no-owner');
  });
});

describe('before anything happened', () => {
  it('there is no state, and nothing is linked', () => {
    expect(ciDecider.initial).toMatchObject({ state: null, links: [] });
  });
});
