import { ticketKey } from '@ledgerdesk/kernel';
import type { ProcessModel } from '@ledgerdesk/kernel/testing';
import { configurationBaselineProcess, type BaselineState } from '../index';
import { describeProcessModel } from '../testing';

const successor: BaselineState = {
  ...configurationBaselineProcess.initial,
  state: 'current',
  id: 'later',
  number: 'BL-000043',
};

const bodies: ProcessModel<BaselineState>['bodies'] = {
  EditBaselineNote: ({ notes }) => {
    const note = notes.find(({ retracted, redacted }) => retracted === null && redacted === null);
    return note && { note: note.id, text: note.text === 'One' ? 'Two' : 'One' };
  },
  RetractBaselineNote: ({ notes }) => {
    const note = notes.find(({ retracted, redacted }) => retracted === null && redacted === null);
    return note && { note: note.id, reason: 'r' };
  },
  RedactBaselineNote: ({ notes, legalHold }) => {
    const note = notes.find(({ redacted }) => redacted === null);
    return note && legalHold === null ? { note: note.id, reason: 'r' } : undefined;
  },
  LinkBaseline: ({ linkCount }) => ({
    type: 'relates-to',
    targetKind: 'change',
    target: `CHG-${linkCount}`,
  }),
  UnlinkBaseline: ({ links }) => links[0] && { link: links[0].id },
  PlaceBaselineOnLegalHold: ({ legalHold }) =>
    legalHold === null ? { reference: 'CASE-1', reason: 'r' } : undefined,
  ReleaseBaselineFromLegalHold: ({ legalHold }) =>
    legalHold === null ? undefined : { reason: 'r' },
};

describeProcessModel(
  {
    process: configurationBaselineProcess,
    bodies,
    surroundings: () => ({
      tickets: new Map([['BL-000043', { id: 'later', state: successor }]]),
      related: new Map(
        ['CI-000042', 'CI-000043'].map((ticket) => [
          ticketKey({ process: 'configuration-item', ticket }),
          { id: ticket, state: { state: 'in-production' }, revision: 3n },
        ]),
      ),
    }),
  },
  { seed: 20260302, runs: 60 },
);
