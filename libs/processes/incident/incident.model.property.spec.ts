import { lifecycleFaults, type ProcessState } from '@ledgerdesk/kernel';
import {
  checkProcessModel,
  type ModelCoverage,
  type ProcessModel,
} from '@ledgerdesk/kernel/testing';
import { validateSync } from 'class-validator';
import { incidentProcess, type IncidentState, type MajorStatus } from '../index';
import { blobsOf } from '../testing';

type Bodies = ProcessModel<IncidentState>['bodies'];

const other = (value: string | null, one: string, two: string): string =>
  value === one ? two : one;

const OTHER_ID = '0195c1d0-0000-7000-8000-00000000000f';

const otherIncident: IncidentState = {
  ...incidentProcess.initial,
  state: 'in-progress',
  id: OTHER_ID,
  number: 'INC-000099',
};

const nextMajorStatus: Readonly<Record<MajorStatus, MajorStatus>> = {
  proposed: 'declared',
  declared: 'resolved',
  resolved: 'reviewed',
  reviewed: 'closed',
  closed: 'proposed',
  rejected: 'proposed',
  demoted: 'proposed',
  cancelled: 'proposed',
};

const isUnderReview = (status: MajorStatus | null): boolean =>
  status === 'declared' || status === 'resolved';

const bodies: Bodies = {
  ClassifyIncident: ({ category }) => (category === null ? { category: 'email' } : undefined),
  ReclassifyIncident: ({ category }) =>
    category === null ? undefined : { category: other(category, 'network', 'email') },
  PrioritiseIncident: ({ impact }) => ({ impact: impact === 1 ? 2 : 1, urgency: 2 }),
  OverrideIncidentPriority: ({ priority }) => ({ priority: priority === 1 ? 2 : 1, reason: 'r' }),
  EditIncidentTitle: ({ title }) => ({ title: other(title, 'One', 'Two') }),
  EditIncidentDescription: ({ description }) => ({ description: other(description, 'One', 'Two') }),
  ChangeIncidentCaller: ({ caller }) => ({ caller: other(caller, 'nadia.k', 'tomas.b') }),
  RegisterIncident: () => ({
    description: 'Nothing works.',
    channel: 'phone',
    caller: 'nadia.k',
    configurationItem: 'laptop-0815',
  }),
  AssignIncident: ({ state, assignee, assignmentGroup }) => {
    if (state === 'new') return { group: 'messaging' };
    return assignee === null ? { group: assignmentGroup, assignee: 'li.w' } : undefined;
  },
  ReassignIncident: ({ assignmentGroup }) => ({ group: other(assignmentGroup, 'network', 'mail') }),
  HandOverIncident: ({ assignee }) =>
    assignee === null ? undefined : { assignee: other(assignee, 'li.w', 'omar.s') },
  ReturnIncident: ({ assignee }) => (assignee === null ? undefined : {}),
  StartIncidentWork: ({ assignee }) => (assignee === null ? undefined : {}),
  TakeIncident: ({ assignmentGroup }) => ({ group: assignmentGroup ?? 'messaging' }),
  HoldIncident: ({ links }) =>
    links.length % 2 === 0
      ? { reason: 'awaiting-change', reference: 'A relay with more memory' }
      : { reason: 'awaiting-caller', comment: 'Which version?' },
  NameIncidentHoldTarget: ({ holdReference, holdAwaited }) =>
    holdReference === null || holdAwaited !== null
      ? undefined
      : { previousReference: holdReference, reference: 'CHG-000007', awaited: OTHER_ID },
  ResolveIncident: ({ service, majorStatus }) =>
    majorStatus === 'declared'
      ? undefined
      : { code: 'other', notes: 'Done.', ...(service === null && { service: 'mail' }) },
  ConfirmIncidentResolution: ({ majorStatus }) => (isUnderReview(majorStatus) ? undefined : {}),
  CloseIncident: ({ majorStatus }) => (isUnderReview(majorStatus) ? undefined : {}),
  RecordIncidentMajorStatus: ({ state, parent, majorStatus }) => {
    const status = nextMajorStatus[majorStatus ?? 'closed'];
    const isCandidate = parent === null && state !== 'closed' && state !== 'cancelled';
    return status === 'proposed' && !isCandidate
      ? undefined
      : { majorIncident: OTHER_ID, status, commander: 'ada' };
  },
  SetIncidentParent: ({ parent, children, majorStatus }) =>
    parent !== null || children.length > 0 || majorStatus !== null
      ? undefined
      : { parent: 'INC-000099' },
  RecordIncidentSuspectedCause: ({ suspectedCauses }) => ({
    change: `CHG-S${suspectedCauses.length}`,
  }),
  ConfirmIncidentSuspectedCause: ({ suspectedCauses }) => {
    const cause = suspectedCauses.find(({ status }) => status === 'suspected');
    return cause && { cause: cause.id };
  },
  DismissIncidentSuspectedCause: ({ suspectedCauses }) => {
    const cause = suspectedCauses.find(({ status }) => status !== 'dismissed');
    return cause && { cause: cause.id, reason: 'r' };
  },
  SetIncidentCustomField: ({ customFields }) => ({
    field: 'affectedUsers',
    value: customFields['affectedUsers'] === 1 ? 2 : 1,
  }),
  ClearIncidentCustomField: ({ customFields }) =>
    customFields['affectedUsers'] === undefined ? undefined : { field: 'affectedUsers' },
  ClearIncidentParent: ({ parent }) => (parent === null ? undefined : {}),
  RecordIncidentChild: ({ parent }) =>
    parent === null ? { child: OTHER_ID, childNumber: 'INC-000099' } : undefined,
  MarkIncidentDuplicate: () => ({ original: 'INC-000099' }),
  MergeIncident: () => ({ target: 'INC-000099' }),
  EditIncidentNote: ({ notes }) => {
    const note = notes.find(({ retracted, redacted }) => retracted === null && redacted === null);
    return note && { note: note.id, text: other(note.text, 'One', 'Two') };
  },
  RetractIncidentNote: ({ notes }) => {
    const note = notes.find(({ retracted, redacted }) => retracted === null && redacted === null);
    return note && { note: note.id, reason: 'r' };
  },
  RedactIncidentNote: ({ notes, legalHold }) => {
    const note = notes.find(({ redacted }) => redacted === null);
    return note && legalHold === null ? { note: note.id, reason: 'r' } : undefined;
  },
  WatchIncident: ({ watchers }) => (watchers.includes('eve') ? undefined : { watcher: 'eve' }),
  UnwatchIncident: ({ watchers }) => (watchers.includes('eve') ? { watcher: 'eve' } : undefined),
  AttachToIncident: ({ attachments }) => ({
    ...incidentProcess.commands['AttachToIncident']?.example,
    name: `screenshot-${attachments.length}.png`,
  }),
  DetachFromIncident: ({ attachments }) => {
    const file = attachments.find(({ detached }) => detached === null);
    return file && { attachment: file.id, reason: 'r' };
  },
  LinkIncident: ({ linkCount }) => ({
    type: 'caused-by',
    targetKind: 'change',
    target: `CHG-${linkCount}`,
  }),
  UnlinkIncident: ({ links }) => links[0] && { link: links[0].id },
  CorrectIncident: ({ category }) => ({
    field: 'category',
    value: other(category, 'hardware', 'software'),
    reason: 'r',
  }),
  PlaceIncidentOnLegalHold: ({ legalHold }) =>
    legalHold === null ? { reference: 'CASE-1', reason: 'r' } : undefined,
  ReleaseIncidentFromLegalHold: ({ legalHold }) =>
    legalHold === null ? undefined : { reason: 'r' },
  EscalateIncident: ({ escalations }) => ({
    kind: 'functional',
    to: other(escalations[0]?.to ?? null, 'tier-2', 'tier-3'),
    reason: 'r',
  }),
  DeescalateIncident: ({ isEscalated }) =>
    isEscalated ? { kind: 'functional', reason: 'r' } : undefined,
};

const report = { description: 'Stuck.', channel: 'phone', caller: 'nadia.k', service: 'mail' };
const resolved = [
  ['RegisterIncident', report],
  ['TakeIncident', { group: 'messaging' }],
  ['ResolveIncident', { code: 'other', notes: 'Done.' }],
] as const;

const assigned = [
  ['RegisterIncident', report],
  ['AssignIncident', { group: 'messaging', assignee: 'li.w' }],
] as const;
const held = [
  [
    'RegisterIncident',
    {
      ...report,
      assignmentGroup: 'messaging',
      holdReason: 'awaiting-change',
      holdReference: 'A relay with more memory',
    },
  ],
] as const;

const model: ProcessModel<IncidentState> = {
  process: incidentProcess,
  bodies,
  openings: [
    [['RegisterIncident', report]],
    assigned,
    held,
    resolved,
    [...resolved, ['CloseIncident', {}]],
  ],
  surroundings: (body) => ({
    tickets: new Map(
      ['INC-000099', OTHER_ID].map((name) => [name, { id: OTHER_ID, state: otherIncident }]),
    ),
    blobs: blobsOf(body),
  }),
};

describe('the incident as a model of its lifecycle table', () => {
  let coverage: ModelCoverage;

  beforeAll(() => {
    coverage = checkProcessModel(model, { seed: 20260302 });
  });

  it('has a sound lifecycle', () => {
    const guards = Object.keys(incidentProcess.guards);
    expect(lifecycleFaults(incidentProcess.lifecycle, guards)).toEqual([]);
  });

  it('reaches every state by accepted commands', () => {
    expect([...coverage.states].sort()).toEqual(
      Object.keys(incidentProcess.lifecycle.states).sort(),
    );
  });

  it('finds a way out of every state that is not final, and none out of one that is', () => {
    const { states } = incidentProcess.lifecycle;
    const unfinished = Object.entries(states).filter(([, each]) => each.final !== true);
    expect([...coverage.left].sort()).toEqual(unfinished.map(([name]) => name).sort());
  });

  it('accepts every command somewhere', () => {
    expect([...coverage.accepted].sort()).toEqual(Object.keys(incidentProcess.commands).sort());
  });

  it('knows every event that a command declares', () => {
    const declared = Object.values(incidentProcess.commands).flatMap(({ emits }) => emits);
    expect(declared.filter((type) => incidentProcess.events[type] === undefined)).toEqual([]);
  });

  it('has a use for each guard', () => {
    const asked = Object.values(incidentProcess.lifecycle.transitions).flatMap(
      ({ guards = [] }) => guards,
    );
    expect(Object.keys(incidentProcess.guards).filter((name) => !asked.includes(name))).toEqual([]);
  });

  it('would notice a rule that is laxer than the table', () => {
    const { lifecycle } = incidentProcess;
    const strict: ProcessModel<IncidentState> = {
      ...model,
      process: {
        ...incidentProcess,
        lifecycle: {
          ...lifecycle,
          transitions: {
            ...lifecycle.transitions,
            CancelIncident: { from: ['new'], to: ['closed'] },
          },
        },
      },
    };
    expect(() => checkProcessModel(strict, { seed: 1, runs: 100, shrink: false })).toThrow(
      /CancelIncident led from new to cancelled/,
    );
  });

  it('would notice a fold that writes to its input', () => {
    const impure: ProcessModel<IncidentState> = {
      ...model,
      process: {
        ...incidentProcess,
        evolve: (state, event) => {
          const next = incidentProcess.evolve(state, event);
          (next as { state: ProcessState['state'] }).state = next.state;
          return next;
        },
      },
    };
    expect(() => checkProcessModel(impure, { seed: 1, runs: 100, shrink: false })).toThrow(
      /read only/,
    );
  });

  it.each(Object.entries(incidentProcess.commands))('%s has a valid example', (_, definition) => {
    const command = Object.assign(new definition.type(), definition.example);
    const isEmpty = Object.keys(definition.example).length === 0;
    const faults = isEmpty
      ? []
      : validateSync(command, { forbidNonWhitelisted: true, whitelist: true });
    expect(faults).toEqual([]);
  });
});
