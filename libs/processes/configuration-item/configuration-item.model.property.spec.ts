import { ticketKey } from '@ledgerdesk/kernel';
import type { ProcessModel } from '@ledgerdesk/kernel/testing';
import { configurationItemProcess, type CIState } from '../index';
import { blobsOf, describeProcessModel } from '../testing';
import { movesFrom } from './configuration-item.lifecycle';
import { assignableSubstates } from './configuration-item.vocabulary';

const OTHER_ID = '0195c1d0-0000-7000-8000-00000000000f';
const CHANGE = 'CHG-000017';
const RUN = 'scan-1';

const other = (value: unknown, one: string, two: string): string => (value === one ? two : one);

const otherItem: CIState = {
  ...configurationItemProcess.initial,
  state: 'in-production',
  id: OTHER_ID,
  number: 'CI-000099',
};

const isRelated = ({ relations }: CIState): boolean =>
  relations.some(({ type, target }) => type === 'runs-on' && target === OTHER_ID);

const relating = { type: 'runs-on', target: 'CI-000099' };

const bodies: ProcessModel<CIState>['bodies'] = {
  RegisterCI: () => ({
    ciClass: 'server',
    identification: ['SN-4711'],
    attributes: { name: 'mail-01' },
    state: 'planned',
  }),
  ChangeCIAttribute: ({ attributes }) => {
    // Only what has an owner can be attested.
    if (attributes['owner'] === undefined) {
      return { attribute: 'owner', value: 'ada', change: CHANGE };
    }
    return { attribute: 'brand', value: other(attributes['brand'], 'A', 'B'), discoveryRun: RUN };
  },
  CorrectCIAttribute: ({ attributes }) => ({
    attribute: 'model',
    value: attributes['model'] === undefined ? 'M1' : null,
    reason: 'r',
  }),
  ReconcileCI: ({ attributes }) => ({
    attribute: 'operatingSystem',
    candidates: [
      { source: 'network-scan', value: 'Unix' },
      { source: 'agent', value: other(attributes['operatingSystem'], 'Debian', 'Ubuntu') },
    ],
    discoveryRun: RUN,
  }),
  RelateCI: (state) => (isRelated(state) ? undefined : { ...relating, change: CHANGE }),
  UnrelateCI: (state) => (isRelated(state) ? { ...relating, discoveryRun: RUN } : undefined),
  CorrectCIRelation: (state) => ({
    correction: isRelated(state) ? 'remove' : 'add',
    ...relating,
    reason: 'r',
  }),
  SetCIRedundancy: () => ({ relation: 'runs-on', kind: 'count', minimum: 1, change: CHANGE }),
  ClearCIRedundancy: ({ redundancy }) =>
    redundancy.length === 0 ? undefined : { relation: 'runs-on', discoveryRun: RUN },
  MoveCILifecycle: ({ state, stateMovedAt, openChanges }) => {
    const moves = movesFrom(state).filter(
      (to) => to !== 'disposed' && (to !== 'retired' || openChanges.length === 0),
    );
    const minutes = Date.parse(stateMovedAt ?? '') / 60_000;
    const to = moves[minutes % moves.length];
    return to && { to };
  },
  AttestCI: () => undefined,
  RecordCIDiscrepancy: ({ attributes }) => ({
    attribute: 'brand',
    found: other(attributes['brand'], 'C', 'D'),
    method: 'inspection',
  }),
  ResolveCIDiscrepancy: ({ discrepancies }) => {
    const open = discrepancies.find(({ resolution }) => resolution === null);
    return open && { discrepancy: open.id, resolution: 'record-corrected' };
  },
  AssignAsset: ({ assetState, assetSubstate, custodian }) =>
    assetState === 'in-stock' &&
    custodian === null &&
    assignableSubstates.includes(assetSubstate ?? '')
      ? { custodian: 'nadia.k' }
      : undefined,
  ReturnAsset: ({ custodian }) => (custodian === null ? undefined : { substate: 'available' }),
  TransferAsset: ({ custodian }) =>
    custodian === null ? undefined : { custodian: other(custodian, 'nadia.k', 'tomas.b') },
  MoveAsset: ({ assetState, custodian }) => {
    if (assetState === 'on-order') return { state: 'in-stock', substate: 'available' };
    if (assetState === 'in-stock' || assetState === 'in-use') return { state: 'in-maintenance' };
    if (assetState !== 'in-maintenance') return undefined;
    return custodian === null ? { state: 'in-stock', substate: 'available' } : { state: 'in-use' };
  },
  DisposeAsset: ({ custodian, legalHold }) =>
    custodian === null && legalHold === null
      ? { method: 'disposed', certificate: 'WEEE-1' }
      : undefined,
  EditCINote: ({ notes }) => {
    const note = notes.find(({ retracted, redacted }) => retracted === null && redacted === null);
    return note && { note: note.id, text: other(note.text, 'One', 'Two') };
  },
  RetractCINote: ({ notes }) => {
    const note = notes.find(({ retracted, redacted }) => retracted === null && redacted === null);
    return note && { note: note.id, reason: 'r' };
  },
  RedactCINote: ({ notes, legalHold }) => {
    const note = notes.find(({ redacted }) => redacted === null);
    return note && legalHold === null ? { note: note.id, reason: 'r' } : undefined;
  },
  WatchCI: ({ watchers }) => (watchers.includes('eve') ? undefined : { watcher: 'eve' }),
  UnwatchCI: ({ watchers }) => (watchers.includes('eve') ? { watcher: 'eve' } : undefined),
  AttachToCI: ({ attachments }) => ({
    ...configurationItemProcess.commands['AttachToCI']?.example,
    name: `invoice-${attachments.length}.pdf`,
  }),
  DetachFromCI: ({ attachments }) => {
    const file = attachments.find(({ detached }) => detached === null);
    return file && { attachment: file.id, reason: 'r' };
  },
  LinkCI: ({ linkCount }) => ({
    type: 'affected-by',
    targetKind: 'incident',
    target: `INC-${linkCount}`,
  }),
  UnlinkCI: ({ links }) => links[0] && { link: links[0].id },
  PlaceCIOnLegalHold: ({ legalHold }) =>
    legalHold === null ? { reference: 'CASE-1', reason: 'r' } : undefined,
  ReleaseCIFromLegalHold: ({ legalHold }) => (legalHold === null ? undefined : { reason: 'r' }),
};

const change = { process: 'change', ticket: CHANGE };

describeProcessModel(
  {
    process: configurationItemProcess,
    bodies,
    surroundings: (body) => ({
      tickets: new Map([['CI-000099', { id: OTHER_ID, state: otherItem }]]),
      related: new Map([[ticketKey(change), { id: 'change-id', state: { state: 'implement' } }]]),
      blobs: blobsOf(body),
    }),
  },
  { seed: 20260302 },
);
