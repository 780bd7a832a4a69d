import { given } from '@ledgerdesk/kernel/testing';
import { incidentProcess } from '../index';

const report = {
  description: 'Outlook keeps messages in the outbox.\nSince this morning.',
  channel: 'phone',
  caller: 'nadia.k',
  service: 'mail',
};
const registered = ['RegisterIncident', report] as const;
const assigned = ['AssignIncident', { group: 'messaging', assignee: 'li.w' }] as const;
const started = ['StartIncidentWork'] as const;
const resolution = { code: 'solved-permanently', notes: 'The relay was restarted.' };
const resolved = ['ResolveIncident', resolution] as const;
const closed = ['CloseIncident'] as const;

describe('resolving, closing and reopening', () => {
  it('resolves with code, notes and who', () => {
    given(incidentProcess, registered, assigned, started)
      .when('ResolveIncident', { ...resolution, impactEndedAt: '2026-03-02T09:00:00+01:00' })
      .thenEvents(['IncidentResolved', { ...resolution, resolvedBy: 'ada', excludedChildren: [] }])
      .thenState({
        state: 'resolved',
        resolvedAt: '2026-03-02T08:03:00.000Z',
        impactEndedAt: '2026-03-02T08:00:00.000Z',
      });
  });

  it('refuses to resolve without a known service, unless the command names it', () => {
    const machine = { ...report, service: null, configurationItem: 'laptop' };
    given(incidentProcess, ['RegisterIncident', machine], assigned)
      .when('ResolveIncident', resolution)
      .thenRefused('refused.no-service');
    given(incidentProcess, ['RegisterIncident', machine], assigned)
      .when('ResolveIncident', { ...resolution, service: 'mail' })
      .thenEvents(['IncidentServiceChanged', { from: null, to: 'mail' }], ['IncidentResolved'])
      .thenState({ service: 'mail', state: 'resolved' });
  });

  it('refuses times that have not come yet', () => {
    const ahead = '2026-03-03T00:00:00Z';
    given(incidentProcess)
      .when('RegisterIncident', { ...report, impactBeganAt: ahead })
      .thenRefused('refused.in-future');
    given(incidentProcess, registered, assigned)
      .when('ResolveIncident', { ...resolution, impactEndedAt: ahead })
      .thenRefused('refused.in-future');
    given(incidentProcess, registered)
      .when('LogIncidentTime', { minutes: 5, workedAt: ahead })
      .thenRefused('refused.in-future');
  });

  it('closes, also by a timer', () => {
    given(incidentProcess, registered, assigned, resolved)
      .when('CloseIncident', { cause: 'timer' })
      .thenEvents(['IncidentClosed', { cause: 'timer' }])
      .thenState({ state: 'closed', closedBy: 'ada', resolutionCode: 'solved-permanently' });
  });

  it('closes as the caller confirms', () => {
    given(incidentProcess, registered, assigned, resolved)
      .when('ConfirmIncidentResolution')
      .thenEvents(['IncidentResolutionConfirmed'], ['IncidentClosed', { cause: 'confirmed' }])
      .thenState({ state: 'closed', isResolutionConfirmed: true });
  });

  it('reopens with a count, and keeps the resolution that did not hold', () => {
    given(incidentProcess, registered, assigned, resolved)
      .when('ReopenIncident', { reason: 'It came back.' })
      .thenEvents(['IncidentReopened', { reopenCount: 1, previousState: 'resolved' }])
      .thenState({
        state: 'in-progress',
        reopenCount: 1,
        reopenedBy: 'ada',
        resolvedAt: null,
        resolutionCode: null,
        reopenings: [
          {
            at: '2026-03-02T08:03:00.000Z',
            by: 'ada',
            reason: 'It came back.',
            resolvedAt: '2026-03-02T08:02:00.000Z',
            resolvedBy: 'ada',
            resolutionCode: 'solved-permanently',
            resolutionNotes: 'The relay was restarted.',
            closedAt: null,
          },
        ],
      });
  });

  it('reopens as the caller disputes', () => {
    given(incidentProcess, registered, assigned, resolved)
      .when('DisputeIncidentResolution', { comment: 'Still stuck.' })
      .thenEvents(['IncidentResolutionDisputed'], ['IncidentReopened', { reason: 'Still stuck.' }])
      .thenState({ reopenCount: 1 });
  });

  it.each(['ReopenIncident', 'DisputeIncidentResolution'])(
    '%s is allowed up to the last millisecond of the window from the resolution',
    (command) => {
      const note = ['AddIncidentNote', { text: 'A late remark.', visibility: 'public' }] as const;
      const body = { reason: 'r', comment: 'r' };
      given(incidentProcess, registered, assigned, resolved, note)
        .when(command, body, { now: '2026-03-09T08:02:00.001Z' })
        .thenRefused('refused.reopen-window', { days: 7 });
      given(incidentProcess, registered, assigned, resolved, note)
        .when(command, body, { now: '2026-03-09T08:02:00.000Z' })
        .thenState({ state: 'in-progress' });
    },
  );

  it('refuses to reopen a closed incident', () => {
    given(incidentProcess, registered, assigned, resolved, closed)
      .when('ReopenIncident', { reason: 'r' })
      .thenRefused('refused.state', { state: 'closed' });
  });

  it('cancels with a reason', () => {
    given(incidentProcess, registered)
      .when('CancelIncident', { reason: 'unnecessary' })
      .thenEvents(['IncidentCancelled', { reason: 'unnecessary', duplicateOf: null }])
      .thenState({ state: 'cancelled', cancelReason: 'unnecessary', cancelledBy: 'ada' });
  });

  it('refuses to cancel what is resolved', () => {
    given(incidentProcess, registered, assigned, resolved)
      .when('CancelIncident', { reason: 'unnecessary' })
      .thenRefused('refused.state');
  });
});
