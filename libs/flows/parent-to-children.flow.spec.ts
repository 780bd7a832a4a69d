import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { parentToChildren } from './parent-to-children.flow';

const childSet = (child: string): FlowEventStep => [
  `incident-${child}`,
  'IncidentParentSet',
  { parent: 'p', parentNumber: 'INC-000001', previousParent: null },
];
const parent = 'incident-p';
const resolved = (...excludedChildren: readonly string[]): FlowEventStep => [
  parent,
  'IncidentResolved',
  { code: 'solved-permanently', notes: 'The relay was replaced.', excludedChildren },
];
const family = [childSet('a'), childSet('b')];

describe('parent-to-children', () => {
  it('resolves the children that the parent does not exclude, with its code and notes', () => {
    const body = { code: 'solved-permanently', notes: 'The relay was replaced.' };
    givenFlow(parentToChildren, 'p', [...family, childSet('c')])
      .when(...resolved('b'))
      .thenCommands(['ResolveIncident', 'a', body], ['ResolveIncident', 'c', body]);
  });

  it('no longer resolves a child that was taken away', () => {
    givenFlow(parentToChildren, 'p', [...family, [parent, 'IncidentChildRemoved', { child: 'a' }]])
      .when(...resolved())
      .thenCommands(['ResolveIncident', 'b']);
  });

  it('reopens the children that it resolved when an agent reopens the parent', () => {
    const scenario = givenFlow(parentToChildren, 'p', [...family, resolved('b')]);
    scenario
      .when(parent, 'IncidentReopened', { reason: 'The relay failed again.' })
      .thenCommands(['ReopenIncident', 'a', { reason: expect.stringContaining('failed again') }]);
  });

  it('leaves the children resolved when the caller of the parent disputes', () => {
    const envelope = { commandId: 'dispute-1' };
    givenFlow(parentToChildren, 'p', [
      ...family,
      resolved(),
      [parent, 'IncidentResolutionDisputed', { comment: 'No.' }, envelope],
    ])
      .when(parent, 'IncidentReopened', { reason: 'No.' }, envelope)
      .thenCommands();
  });

  it('takes a child that is over already for done', () => {
    givenFlow(parentToChildren, 'p', family, {
      ResolveIncident: { accepted: false, code: 'refused.state', state: 'closed' },
    })
      .when(...resolved())
      .thenInstance({ status: 'open', commands: [] });
  });

  it('is parked by a child that cannot be resolved', () => {
    givenFlow(parentToChildren, 'p', family, {
      ResolveIncident: { accepted: false, code: 'refused.state', state: 'new' },
    })
      .when(...resolved())
      .thenParked('refused.state')
      .thenInstance({ status: 'parked' });
  });

  it('does not close the children with the parent, and is over', () => {
    givenFlow(parentToChildren, 'p', [...family, resolved()])
      .when(parent, 'IncidentClosed')
      .thenCommands()
      .thenInstance({ status: 'completed' });
  });

  it('knows imported families, but does not act on their past', () => {
    const origin = { kind: 'import', id: 'csv', version: '1' } as const;
    const [stream, type, body] = childSet('a');
    const scenario = givenFlow(parentToChildren, 'p', [[stream, type, body, { origin }]]);
    const [, , resolution] = resolved();
    scenario.when(parent, 'IncidentResolved', resolution, { origin }).thenCommands();
    scenario.when(...resolved()).thenCommands(['ResolveIncident', 'a']);
  });
});
