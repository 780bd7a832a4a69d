import { given } from '@ledgerdesk/kernel/testing';
import { blobsOf, describeProcessModel, otherText, ticketBodies } from '../testing';
import { changeTemplateCommands } from './change-template.decider';
import { changeTemplateProcess } from './change-template.process';
import type { ChangeTemplateState } from './change-template.state';

const proposal = {
  title: 'Restart a relay',
  description: 'Restart.',
  justification: 'Memory.',
  implementationPlan: 'Drain, restart.',
  testPlan: 'Send.',
  backOutPlan: 'Other relay.',
  impact: 3,
  variables: ['configurationItems'],
};
const proposed = ['ProposeChangeTemplate', proposal] as const;
const approved = ['ApproveChangeTemplate', {}, { actor: 'mara' }] as const;
const published = ['PublishChangeTemplate'] as const;
const reviewed = ['ReviewChangeTemplate', { reason: 'Yearly.' }] as const;

describe('a change template', () => {
  it('is proposed, approved and published with its content as version 1', () => {
    given(changeTemplateProcess, proposed, approved)
      .when('PublishChangeTemplate')
      .thenEvents([
        'ChangeTemplatePublished',
        {
          templateVersion: 1,
          content: expect.objectContaining({
            testPlan: 'Send.',
            variables: ['configurationItems'],
          }),
        },
      ])
      .thenState({ state: 'published', publishedVersion: 1 });
  });

  it('leaves open no field that a change does not have', () => {
    given(changeTemplateProcess)
      .when('ProposeChangeTemplate', { ...proposal, variables: ['price'] })
      .thenRefused('refused.unknown-variable');
  });

  it('is not approved without its plans, unless they are left open', () => {
    const { testPlan: _, ...rest } = proposal;
    given(changeTemplateProcess, ['ProposeChangeTemplate', rest])
      .when('ApproveChangeTemplate', {}, { actor: 'mara' })
      .thenRefused('refused.incomplete', { missing: ['testPlan'] });
    given(changeTemplateProcess, ['ProposeChangeTemplate', { ...rest, variables: ['testPlan'] }])
      .when('ApproveChangeTemplate', {}, { actor: 'mara' })
      .thenState({ state: 'approved' });
  });

  it('is not approved by anybody who worked on it', () => {
    given(changeTemplateProcess, proposed)
      .when('ApproveChangeTemplate')
      .thenRefused('refused.separation-of-duties');
    const edited = ['EditChangeTemplate', { testPlan: 'Send two.' }, { actor: 'mara' }] as const;
    given(changeTemplateProcess, proposed, edited)
      .when('ApproveChangeTemplate', {}, { actor: 'mara' })
      .thenRefused('refused.separation-of-duties', { authors: ['ada', 'mara'] });
  });

  it('goes back to be worked on when it is rejected', () => {
    given(changeTemplateProcess, proposed, approved)
      .when('RejectChangeTemplate', { reason: 'r' })
      .thenState({ state: 'proposed' });
  });

  it('keeps its published content while the next version is worked on', () => {
    const edit = ['EditChangeTemplate', { testPlan: 'Send two.' }] as const;
    const { state } = given(changeTemplateProcess, proposed, approved, published, reviewed, edit);
    expect(state).toMatchObject({
      state: 'under-review',
      testPlan: 'Send two.',
      content: { testPlan: 'Send.' },
    });
    given(changeTemplateProcess, proposed, approved, published, reviewed, edit, approved)
      .when('PublishChangeTemplate')
      .thenEvents(['ChangeTemplatePublished', { templateVersion: 2 }]);
  });

  it('is not edited while it is published', () => {
    given(changeTemplateProcess, proposed, approved, published)
      .when('EditChangeTemplate', { testPlan: 'Send two.' })
      .thenRefused('refused.state');
  });

  it('is confirmed after a review without any edit alone', () => {
    given(changeTemplateProcess, proposed, approved, published, reviewed)
      .when('ConfirmChangeTemplate', { finding: 'Fine.' })
      .thenEvents(['ChangeTemplateConfirmed', { templateVersion: 1 }])
      .thenState({ state: 'published', publishedVersion: 1 });
    given(changeTemplateProcess, proposed, approved, published, reviewed, [
      'SetChangeTemplateImpact',
      { impact: 2 },
    ])
      .when('ConfirmChangeTemplate', { finding: 'Fine.' })
      .thenRefused('refused.edited');
  });

  it('is demoted below its limit, and not at it', () => {
    given(changeTemplateProcess, proposed, approved, published)
      .when('DemoteChangeTemplate', { successful: 89, total: 100 })
      .thenEvents(['ChangeTemplateDemoted', { successRateMin: 90 }])
      .thenState({ state: 'under-review' });
    given(changeTemplateProcess, proposed, approved, published)
      .when('DemoteChangeTemplate', { successful: 90, total: 100 })
      .thenRefused('refused.above-limit');
  });

  it('is retired for good', () => {
    given(changeTemplateProcess, proposed, ['RetireChangeTemplate', { reason: 'r' }])
      .when('ApproveChangeTemplate', {}, { actor: 'mara' })
      .thenRefused('refused.state');
  });

  it('has a rule for each of its commands', () => {
    expect(changeTemplateProcess.commands).toMatchObject(changeTemplateCommands);
  });
});

describeProcessModel<ChangeTemplateState>(
  {
    process: changeTemplateProcess,
    openings: [
      [proposed, ['ApproveChangeTemplate', {}, 'mara'], ['PublishChangeTemplate', {}], reviewed],
    ],
    bodies: {
      ...ticketBodies<ChangeTemplateState>('ChangeTemplate', 'proposedBy'),
      EditChangeTemplate: ({ testPlan }) => {
        const text = otherText(testPlan, 'One', 'Two');
        return {
          ...{ title: text, description: text, justification: text, implementationPlan: text },
          ...{ testPlan: text, backOutPlan: text, audience: [text] },
        };
      },
      SetChangeTemplateImpact: ({ impact }) => ({ impact: impact === 1 ? 2 : 1 }),
      // Who acts is not known here: authors are refused.
      ApproveChangeTemplate: () => undefined,
      ConfirmChangeTemplate: ({ isEdited }) => (isEdited ? undefined : { finding: 'f' }),
      DemoteChangeTemplate: () => ({ successful: 0, total: 1 }),
    },
    surroundings: (body) => ({ blobs: blobsOf(body) }),
  },
  { seed: 20260302, runs: 150 },
);
