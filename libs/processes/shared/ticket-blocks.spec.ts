import { given } from '@ledgerdesk/kernel/testing';
import { REDACTED } from './blocks/notes.block';
import { begun, ended, errand, noted } from '../testing/errand.process';

// Goal: the blocks do what they say in any process. Method: the smallest process that has nothing
// but them, and a fact to correct.

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
