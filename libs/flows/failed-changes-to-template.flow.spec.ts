import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import {
  failedChangesToTemplate,
  templateWatch,
  WATCHED_CHANGES_MAX,
} from './failed-changes-to-template.flow';

const closed = (outcome: string, template: string | null = 't'): FlowEventStep => [
  'change-c',
  'ChangeClosed',
  { outcome, number: 'CHG-000001', template, service: 'mail', configurationItems: [] },
];
const success = closed('successful');
const failure = closed('unsuccessful');

describe('failed-changes-to-template', () => {
  it('asks for the demotion when a change fails, with the last outcomes', () => {
    givenFlow(failedChangesToTemplate, 't', [success, closed('successful-with-issues')])
      .when(...failure)
      .thenCommands(['DemoteChangeTemplate', 't', { successful: 2, total: 3 }]);
    givenFlow(failedChangesToTemplate, 't', [success, failure, success])
      .when(...closed('backed-out'))
      .thenCommands(['DemoteChangeTemplate', 't', { successful: 2, total: 4 }]);
  });

  it('says nothing of too few changes, nor when one succeeds', () => {
    givenFlow(failedChangesToTemplate, 't', [success])
      .when(...failure)
      .thenCommands();
    givenFlow(failedChangesToTemplate, 't', [failure, failure])
      .when(...success)
      .thenCommands();
  });

  it('has nothing to do with a change that comes from no template', () => {
    givenFlow(failedChangesToTemplate, 't')
      .when(...closed('unsuccessful', null))
      .thenRecorded();
  });

  it('looks at as many changes as the policy says, and keeps no more than it may', () => {
    const before = Array.from({ length: WATCHED_CHANGES_MAX + 5 }, () => success);
    givenFlow(failedChangesToTemplate, 't', before)
      .when(...failure)
      .thenCommands(['DemoteChangeTemplate', 't', { successful: 19, total: 20 }]);
    const value = { ...templateWatch.value, changesMax: 10 * WATCHED_CHANGES_MAX };
    const policies = { templateWatch: { ...templateWatch, version: 2, value } };
    givenFlow({ ...failedChangesToTemplate, policies }, 't', before)
      .when(...failure)
      .thenCommands([
        'DemoteChangeTemplate',
        't',
        { successful: WATCHED_CHANGES_MAX - 1, total: WATCHED_CHANGES_MAX },
      ]);
  });

  it.each([
    ['once it is demoted', [failure, failure, failure]],
    [
      'once it is confirmed',
      [success, failure, ['changeTemplate-t', 'ChangeTemplateConfirmed'] as const],
    ],
    [
      'once it is published again',
      [success, failure, ['changeTemplate-t', 'ChangeTemplatePublished'] as const],
    ],
  ])('counts afresh %s', (_, steps) => {
    givenFlow(failedChangesToTemplate, 't', steps)
      .when(...failure)
      .thenCommands()
      .thenInstance({ state: { outcomes: [false] } });
  });

  it('is content with a template that is good enough, or out of use', () => {
    for (const code of ['refused.above-limit', 'refused.state']) {
      givenFlow(failedChangesToTemplate, 't', [success, success], {
        DemoteChangeTemplate: { accepted: false, code },
      })
        .when(...failure)
        .thenInstance({ status: 'open', parking: null, state: { outcomes: [true, true, false] } });
    }
  });

  it('is over once the template is retired', () => {
    givenFlow(failedChangesToTemplate, 't', [success])
      .when('changeTemplate-t', 'ChangeTemplateRetired')
      .thenInstance({ status: 'completed' });
  });

  it('has the template confirmed when the demotion is undone', () => {
    const accepted = {
      step: 'demote template',
      process: 'change-template',
      ticket: 't',
      command: 'DemoteChangeTemplate',
      body: {},
    };
    expect(
      failedChangesToTemplate.compensations['demote template']?.(accepted, { outcomes: [] }),
    ).toMatchObject({ command: 'ConfirmChangeTemplate', ticket: 't' });
  });
});
