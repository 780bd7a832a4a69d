import { given } from '@ledgerdesk/kernel/testing';
import { begun, ended, errand } from '../testing/errand.process';

// Goal: the blocks do what they say in any process. Method: the smallest process that has nothing
// but them, and a fact to correct.

describe('corrections', () => {
  const correct = (field: string, value: string | null) =>
    ['CorrectErrand', { field, value, reason: 'Audit.' }] as const;

  it('put a fact right after the end, and leave the state', () => {
    given(errand, begun, ended)
      .when(...correct('subject', 'Right'))
      .thenEvents(['ErrandCorrected', { field: 'subject', from: null, to: 'Right' }])
      .thenState({
        state: 'done',
        subject: 'Right',
        corrections: [expect.objectContaining({ field: 'subject', reason: 'Audit.' })],
      });
  });

  it('take times in any offset and keep them in UTC', () => {
    given(errand, begun)
      .when(...correct('dueAt', '2026-03-02T10:00:00+01:00'))
      .thenState({ dueAt: '2026-03-02T09:00:00.000Z' });
    given(errand, begun)
      .when(...correct('beganAt', '2020-03-02T10:00:00+01:00'))
      .thenState({ beganAt: '2020-03-02T09:00:00.000Z' });
    given(errand, begun)
      .when(...correct('dueAt', '9999-01-01T00:00:00Z'))
      .thenState({ dueAt: '9999-01-01T00:00:00.000Z' });
  });

  it.each([
    ['state', 'open', 'refused.not-correctable'],
    ['constructor', 'x', 'refused.not-correctable'],
    ['subject', null, 'refused.correction-value'],
    ['subject', 'x'.repeat(21), 'refused.correction-value'],
    ['dueAt', 'tomorrow', 'refused.correction-value'],
    ['beganAt', '9999-01-01T00:00:00Z', 'refused.correction-value'],
    ['dueAt', null, 'refused.no-change'],
  ])('of %s to %s are refused with %s', (field, value, refused) => {
    given(errand, begun)
      .when(...correct(field, value))
      .thenRefused(refused);
  });

  it('of a field that is no fact change nothing when folded', () => {
    const forged = {
      type: 'ErrandCorrected',
      data: { field: 'state', from: 'open', to: 'done', reason: 'r' },
    };
    expect(given(errand, begun, forged).state).toMatchObject({ state: 'open' });
  });
});

describe('legal hold', () => {
  const place = ['PlaceErrandOnLegalHold', { reference: 'CASE-1', reason: 'r' }] as const;

  it('is placed and released, also after the end', () => {
    given(errand, begun, ended)
      .when(...place)
      .thenState({ legalHold: expect.objectContaining({ reference: 'CASE-1', by: 'ada' }) });
    given(errand, begun, ended, place)
      .when('ReleaseErrandFromLegalHold', { reason: 'Settled.' })
      .thenEvents(['ErrandReleasedFromLegalHold', { reference: 'CASE-1' }])
      .thenState({ legalHold: null });
  });

  it('is neither placed nor released twice', () => {
    given(errand, begun, place)
      .when(...place)
      .thenRefused('refused.legal-hold');
    given(errand, begun)
      .when('ReleaseErrandFromLegalHold', { reason: 'r' })
      .thenRefused('refused.no-legal-hold');
  });
});

describe('escalation', () => {
  const escalate = (kind: string, to: string) =>
    ['EscalateErrand', { kind, to, reason: 'r' }] as const;

  it('is a flag of each kind beside the state', () => {
    given(errand, begun, escalate('functional', 'tier-2'), escalate('hierarchic', 'head'))
      .when(...escalate('functional', 'tier-3'))
      .thenEvents(['ErrandEscalated', { to: 'tier-3', previousTo: 'tier-2' }])
      .thenState({
        state: 'open',
        isEscalated: true,
        escalations: [
          expect.objectContaining({ kind: 'hierarchic', to: 'head' }),
          expect.objectContaining({ kind: 'functional', to: 'tier-3' }),
        ],
      });
  });

  it('is not repeated, and taken back kind by kind', () => {
    const functional = escalate('functional', 'tier-2');
    given(errand, begun, functional)
      .when(...functional)
      .thenRefused('refused.no-change');
    given(errand, begun, functional)
      .when('DeescalateErrand', { kind: 'hierarchic', reason: 'r' })
      .thenRefused('refused.not-escalated', { escalated: ['functional'] });
    given(errand, begun, functional)
      .when('DeescalateErrand', { kind: 'functional', reason: 'r' })
      .thenEvents(['ErrandDeescalated', { previousTo: 'tier-2' }])
      .thenState({ isEscalated: false });
  });
});
