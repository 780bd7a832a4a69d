import type { ProcessDefinition } from '@ledgerdesk/kernel';
import type { ProcessModel } from '@ledgerdesk/kernel/testing';
import { blobsOf, describeProcessModel } from '@ledgerdesk/processes/testing';
import { incidentProcess, majorIncidentProcess, type MajorIncidentState } from '../index';

const INCIDENT = '0195c1d0-0000-7000-8000-00000000000f';

// The cancelled incident is found by the command that says so, the active one by all others.
const CANCELLED = 'The incident was cancelled.';

const other = (value: string | null, one: string, two: string): string =>
  value === one ? two : one;

const unretracted = ({ notes }: MajorIncidentState) =>
  notes.find(({ retracted, redacted }) => retracted === null && redacted === null);

const declared = [
  ['ProposeMajorIncident', { incident: 'INC-000042', reason: 'r' }],
  ['AcceptMajorIncident', { severity: 1, businessImpact: 'i', workNote: 'n' }],
] as const;
const drafted = [
  ...declared,
  ['AddMajorIncidentTimelineEntry', { text: 't' }],
  ['OpenMajorIncidentBridge', { kind: 'video', address: 'a' }],
  ['MitigateMajorIncident', { impactEndedAt: '2026-03-02T08:00:00Z' }],
  ['ResolveMajorIncident', { notes: 'n' }],
  ['StartMajorIncidentReview', { owner: 'nadia.k' }],
  ['DescribeMajorIncidentImpact', { impact: 'i' }],
  ['AddMajorIncidentContributingFactor', { factor: 'f' }],
  ['AddMajorIncidentReviewAction', { text: 'a', owner: 'li.w', dueAt: '2026-04-01T12:00:00Z' }],
] as const;

const model: ProcessModel<MajorIncidentState> = {
  process: majorIncidentProcess,
  others: [incidentProcess as unknown as ProcessDefinition],
  bodies: {
    CancelMajorIncident: () => ({ comment: CANCELLED }),
    // Only the commander may, whom the body does not know: the example is tried.
    DemoteMajorIncident: () => undefined,
    ResolveMajorIncident: () => undefined,
    AssignMajorIncidentRole: ({ roles }) => ({
      role: 'subject-matter-expert',
      person: `expert-${roles.length}-${roles.at(-1)?.person ?? ''}`.slice(0, 50),
    }),
    ReleaseMajorIncidentRole: ({ roles }) => {
      const role = roles.find((each) => each.role !== 'incident-commander');
      return role && { role: role.role, person: role.person };
    },
    HandOverMajorIncidentCommand: ({ commander }) => ({
      commander: other(commander, 'ada', 'ben'),
    }),
    OpenMajorIncidentBridge: ({ bridges }) => ({
      kind: 'video',
      address: `room-${bridges.length}`,
    }),
    SetMajorIncidentSeverity: ({ severity }) => ({ severity: severity === 1 ? 2 : 1, reason: 'r' }),
    SplitMajorIncidentSubTeam: ({ subTeams }) => ({
      name: `team-${subTeams.length}`,
      lead: 'li.w',
      task: 't',
    }),
    AddMajorIncidentTimelineEntry: () => ({ at: '2026-03-02T08:00:00Z', text: 't' }),
    MitigateMajorIncident: () => ({ impactEndedAt: '2026-03-02T08:00:00Z' }),
    DescribeMajorIncidentImpact: ({ reviewImpact }) => ({
      impact: other(reviewImpact, 'One', 'Two'),
    }),
    AddMajorIncidentContributingFactor: ({ contributingFactors }) => ({
      factor: `factor ${contributingFactors.length}`,
    }),
    SubmitMajorIncidentReview: (state) => (isComplete(state) ? {} : undefined),
    ConcludeMajorIncidentReview: (state) => (isComplete(state) ? {} : undefined),
    RecordMajorIncidentReviewAction: ({ actions }) => {
      const action = actions.find(({ record }) => record === null);
      return action && { action: action.id, recordKind: 'change', record: 'CHG-1' };
    },
    CloseMajorIncidentReview: ({ actions, isExternalMessagePromised, isExternalMessagePosted }) =>
      actions.every(({ record }) => record !== null) &&
      (isExternalMessagePosted || !isExternalMessagePromised)
        ? {}
        : undefined,
    EditMajorIncidentNote: (state) => {
      const note = unretracted(state);
      return note && { note: note.id, text: other(note.text, 'One', 'Two') };
    },
    RetractMajorIncidentNote: (state) => {
      const note = unretracted(state);
      return note && { note: note.id, reason: 'r' };
    },
    RedactMajorIncidentNote: ({ notes, legalHold }) => {
      const note = notes.find(({ redacted }) => redacted === null);
      return note && legalHold === null ? { note: note.id, reason: 'r' } : undefined;
    },
    WatchMajorIncident: ({ watchers }) =>
      watchers.includes('eve') ? undefined : { watcher: 'eve' },
    UnwatchMajorIncident: ({ watchers }) =>
      watchers.includes('eve') ? { watcher: 'eve' } : undefined,
    AttachToMajorIncident: ({ attachments }) => ({
      ...majorIncidentProcess.commands['AttachToMajorIncident']?.example,
      name: `screenshot-${attachments.length}.png`,
    }),
    DetachFromMajorIncident: ({ attachments }) => {
      const file = attachments.find(({ detached }) => detached === null);
      return file && { attachment: file.id, reason: 'r' };
    },
    LinkMajorIncident: ({ linkCount }) => ({
      type: 'caused-by',
      targetKind: 'change',
      target: `CHG-${linkCount}`,
    }),
    UnlinkMajorIncident: ({ links }) => links[0] && { link: links[0].id },
    CorrectMajorIncident: ({ service }) => ({
      field: 'service',
      value: other(service, 'mail', 'web'),
      reason: 'r',
    }),
    PlaceMajorIncidentOnLegalHold: ({ legalHold }) =>
      legalHold === null ? { reference: 'CASE-1', reason: 'r' } : undefined,
    ReleaseMajorIncidentFromLegalHold: ({ legalHold }) =>
      legalHold === null ? undefined : { reason: 'r' },
    EscalateMajorIncident: ({ escalations }) => ({
      kind: 'functional',
      to: other(escalations[0]?.to ?? null, 'tier-2', 'tier-3'),
      reason: 'r',
    }),
    DeescalateMajorIncident: ({ isEscalated }) =>
      isEscalated ? { kind: 'functional', reason: 'r' } : undefined,
    SetMajorIncidentCustomField: ({ customFields }) => ({
      field: 'affectedUsers',
      value: customFields['affectedUsers'] === 1 ? 2 : 1,
    }),
    ClearMajorIncidentCustomField: ({ customFields }) =>
      customFields['affectedUsers'] === undefined ? undefined : { field: 'affectedUsers' },
  },
  openings: [declared, drafted],
  surroundings: (body) => {
    const id = INCIDENT;
    const state = {
      ...incidentProcess.initial,
      id,
      number: 'INC-000042',
      majorIncident: 'model',
      state: body['comment'] === CANCELLED ? 'cancelled' : 'in-progress',
    };
    return {
      related: new Map(
        ['INC-000042', INCIDENT].map((name) => [`incident/${name}`, { id, state }] as const),
      ),
      blobs: blobsOf(body),
    };
  },
};

function isComplete(state: MajorIncidentState): boolean {
  const { timeline, reviewImpact, contributingFactors, actions } = state;
  const lists = [timeline, contributingFactors, actions];
  return reviewImpact !== null && lists.every(({ length }) => length > 0);
}

describeProcessModel(model, { seed: 20260302, runs: 200 });
