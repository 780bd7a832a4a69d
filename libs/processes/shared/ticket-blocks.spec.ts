import type { ProcessDefinition, ProcessState, Transition } from '@ledgerdesk/kernel';
import { given } from '@ledgerdesk/kernel/testing';
import { REDACTED } from './blocks/notes.block';
import { evolveWith } from './folding';
import { ticketBlocks, type TicketParts } from './ticket-blocks';

// Goal: the blocks do what they say in any process. Method: the smallest process that has nothing
// but them, and a fact to correct.

interface ErrandState extends ProcessState, TicketParts {
  readonly subject: string | null;
  readonly dueAt: string | null;
  readonly beganAt: string | null;
}

const setField = (field: string, to: string | null): Partial<ErrandState> => ({ [field]: to });

const blocks = ticketBlocks<'Errand', ErrandState>(
  { title: 'Errand', name: 'errand', activeStates: ['open'], allStates: ['open', 'done'] },
  {
    facts: {
      subject: { max: 20, required: true },
      dueAt: { time: 'any' },
      beganAt: { time: 'past' },
    },
    apply: setField,
    applyToFacts: setField,
  },
);

const transitions: Record<string, Transition> = {
  BeginErrand: { from: [null], to: ['open'] },
  EndErrand: { from: ['open'], to: ['done'] },
  ...blocks.transitions,
};

const ownCommand = (type: new () => object, event: string) => ({
  type,
  summary: '',
  route: null,
  permission: 'errand:any',
  emits: [event],
  example: {},
  decide: () => [{ type: event, data: {} }],
});

class BeginErrand {
  readonly kind = 'begin';
}
class EndErrand {
  readonly kind = 'end';
}

const own = {
  ErrandBegun: { version: 1, summary: '', fields: {} },
  ErrandEnded: { version: 1, summary: '', fields: {} },
};

const errand: ProcessDefinition<ErrandState> = {
  name: 'errand',
  plural: 'errands',
  title: 'Errand',
  numberPrefix: 'ERR',
  summary: '',
  lifecycle: {
    states: {
      open: { title: 'Open', category: 'open' },
      done: { title: 'Done', category: 'done', final: true },
    },
    transitions,
  },
  guards: blocks.guards,
  commands: {
    BeginErrand: ownCommand(BeginErrand, 'ErrandBegun'),
    EndErrand: ownCommand(EndErrand, 'ErrandEnded'),
    ...blocks.commands,
  },
  events: { ...own, ...blocks.events },
  initial: { state: null, subject: null, dueAt: null, ...blocks.initial },
  evolve: evolveWith<ErrandState>(blocks.folds, {
    ErrandBegun: () => ({ state: 'open' }),
    ErrandEnded: () => ({ state: 'done' }),
  }),
  evolveFacts: evolveWith<ErrandState>(blocks.factFolds),
  listing: { version: 1, collection: { fields: {} }, summarise: () => ({}) },
  policies: {},
};

const begun = ['BeginErrand'] as const;
const ended = ['EndErrand'] as const;
const noted = ['AddErrandNote', { text: 'First.', visibility: 'internal' }] as const;

describe('notes', () => {
  it('are numbered from 1, with who and when', () => {
    given(errand, begun, noted)
      .when('AddErrandNote', { text: 'Second.', visibility: 'public' })
      .thenEvents(['ErrandNoteAdded', { note: 2, text: 'Second.', visibility: 'public' }])
      .thenState({
        notes: [
          expect.objectContaining({ id: 1, text: 'First.' }),
          {
            id: 2,
            text: 'Second.',
            visibility: 'public',
            written: { at: '2026-03-02T08:02:00.000Z', by: 'ada' },
            earlier: [],
            retracted: null,
            redacted: null,
          },
        ],
      });
  });

  it('keep every version that is edited away', () => {
    given(errand, begun, noted, ['EditErrandNote', { note: 1, text: 'Better.' }])
      .when('EditErrandNote', { note: 1, text: 'Best.' }, { actor: 'ben' })
      .thenEvents(['ErrandNoteEdited', { note: 1, from: 'Better.', to: 'Best.' }])
      .thenState({
        notes: [
          expect.objectContaining({
            text: 'Best.',
            earlier: [
              { text: 'First.', replaced: { at: '2026-03-02T08:02:00.000Z', by: 'ada' } },
              { text: 'Better.', replaced: { at: '2026-03-02T08:03:00.000Z', by: 'ben' } },
            ],
          }),
        ],
      });
  });

  it('are not edited to what they are', () => {
    given(errand, begun, noted)
      .when('EditErrandNote', { note: 1, text: 'First.' })
      .thenRefused('refused.no-change');
  });

  it('stay readable when retracted, and are edited no more', () => {
    const retracted = ['RetractErrandNote', { note: 1, reason: 'Wrong ticket.' }] as const;
    expect(given(errand, begun, noted, retracted).state.notes).toMatchObject([
      { text: 'First.', retracted: { by: 'ada', reason: 'Wrong ticket.' } },
    ]);
    given(errand, begun, noted, retracted)
      .when('EditErrandNote', { note: 1, text: 'Other.' })
      .thenRefused('refused.note-void');
    given(errand, begun, noted, retracted)
      .when('RetractErrandNote', { note: 1, reason: 'Again.' })
      .thenRefused('refused.note-void');
  });

  it('are blotted out in all versions when redacted, also after the end', () => {
    const edited = ['EditErrandNote', { note: 1, text: 'Second.' }] as const;
    const { state } = given(errand, begun, noted, edited, ended, [
      'RedactErrandNote',
      { note: 1, reason: 'A password.' },
    ]);
    expect(JSON.stringify(state)).not.toMatch(/First|Second/);
    expect(state.notes).toMatchObject([
      {
        text: REDACTED,
        earlier: [{ text: REDACTED }],
        redacted: { reason: 'A password.' },
      },
    ]);
  });

  it('are not redacted twice, nor on legal hold', () => {
    const redact = ['RedactErrandNote', { note: 1, reason: 'r' }] as const;
    given(errand, begun, noted, redact)
      .when(...redact)
      .thenRefused('refused.already-redacted');
    given(errand, begun, noted, ['PlaceErrandOnLegalHold', { reference: 'C-1', reason: 'r' }])
      .when(...redact)
      .thenRefused('refused.legal-hold');
  });

  it.each(['EditErrandNote', 'RetractErrandNote', 'RedactErrandNote'])(
    '%s names a note that is there',
    (command) => {
      given(errand, begun, noted)
        .when(command, { note: 2, text: 't', reason: 'r' })
        .thenRefused('refused.no-such-note', { count: 1 });
    },
  );

  it('are not added after the end', () => {
    given(errand, begun, ended)
      .when('AddErrandNote', noted[1])
      .thenRefused('refused.state', { allowedIn: ['open'] });
  });
});

describe('watchers', () => {
  it('are the actor unless named', () => {
    given(errand, begun)
      .when('WatchErrand')
      .thenState({ watchers: ['ada'] });
    given(errand, begun)
      .when('WatchErrand', { watcher: 'eve' })
      .thenState({ watchers: ['eve'] });
  });

  it('are added and removed once', () => {
    given(errand, begun, ['WatchErrand'])
      .when('WatchErrand')
      .thenRefused('refused.already-watching');
    given(errand, begun).when('UnwatchErrand').thenRefused('refused.not-watching');
    given(errand, begun, ['WatchErrand'], ended).when('UnwatchErrand').thenState({ watchers: [] });
  });

  it('are limited', () => {
    const watchers = Array.from({ length: 200 }, (_, index) => ({
      type: 'ErrandWatcherAdded',
      data: { watcher: `watcher-${index}` },
    }));
    given(errand, begun, ...watchers)
      .when('WatchErrand')
      .thenRefused('refused.too-many');
  });
});

describe('effort', () => {
  it('sums up time', () => {
    given(errand, begun, ['LogErrandTime', { minutes: 10 }])
      .when('LogErrandTime', { minutes: 5, workedAt: '2026-03-01T10:00:00+01:00' })
      .thenEvents(['ErrandTimeLogged', { entry: 2, workedAt: '2026-03-01T09:00:00.000Z' }])
      .thenState({ minutesLogged: 15 });
  });

  it('sums up costs by currency, and takes wrong ones back', () => {
    const cost = (amountMinor: number, currency: string) =>
      ['LogErrandCost', { kind: 'material', amountMinor, currency, description: 'd' }] as const;
    given(errand, begun, cost(500, 'EUR'), cost(700, 'USD'))
      .when(...cost(-200, 'EUR'))
      .thenEvents(['ErrandCostLogged', { entry: 3, amountMinor: -200 }])
      .thenState({ costMinorByCurrency: { EUR: 300, USD: 700 } });
    given(errand, begun)
      .when(...cost(0, 'EUR'))
      .thenRefused('refused.no-change');
  });
});

describe('attachments', () => {
  const digest = 'a'.repeat(64);
  const file = { digest, name: 'a.png', mediaType: 'image/png', sizeBytes: 3 };
  const uploaded = { blobs: new Map([[digest, 3]]) };

  it('ask for their content, which must have been uploaded', () => {
    expect(errand.commands['AttachToErrand']?.needs?.(file, errand.initial)).toEqual({
      blobs: [digest],
    });
    given(errand, begun)
      .when('AttachToErrand', file)
      .thenRefused('refused.blob-missing', { digest });
  });

  it('have the size that their content has', () => {
    given(errand, begun)
      .when('AttachToErrand', { ...file, sizeBytes: 4 }, uploaded)
      .thenRefused('refused.blob-size', { digest, sizeBytes: 3 });
  });

  it('are attached once, and again after they were detached', () => {
    const attached = ['AttachToErrand', file, uploaded] as const;
    given(errand, begun, attached)
      .when(...attached)
      .thenRefused('refused.already-attached');
    given(errand, begun, attached, ['DetachFromErrand', { attachment: 1, reason: 'r' }])
      .when(...attached)
      .thenEvents(['ErrandFileAttached', { attachment: 2, digest }])
      .thenState({
        attachments: [
          expect.objectContaining({ id: 1, detached: expect.objectContaining({ reason: 'r' }) }),
          expect.objectContaining({ id: 2, detached: null }),
        ],
      });
  });

  it('are detached only where they are', () => {
    given(errand, begun)
      .when('DetachFromErrand', { attachment: 1, reason: 'r' })
      .thenRefused('refused.not-attached', { attached: [] });
  });
});

describe('links', () => {
  const link = [
    'LinkErrand',
    { type: 'caused-by', targetKind: 'change', target: 'CHG-1' },
  ] as const;

  it('know their inverse', () => {
    given(errand, begun)
      .when(...link)
      .thenEvents(['ErrandLinked', { link: 1, type: 'caused-by', inverse: 'causes' }]);
  });

  it('are made once, taken away by their number, and never numbered alike', () => {
    given(errand, begun, link)
      .when(...link)
      .thenRefused('refused.already-linked');
    given(errand, begun, link)
      .when('UnlinkErrand', { link: 2 })
      .thenRefused('refused.not-linked', { links: [1] });
    given(errand, begun, link, ['UnlinkErrand', { link: 1 }], link)
      .when('UnlinkErrand', { link: 2 })
      .thenEvents(['ErrandUnlinked', { link: 2, target: 'CHG-1', reason: null }])
      .thenState({ links: [], linkCount: 2 });
  });
});

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
