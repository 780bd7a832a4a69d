import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { parseInstant, type Instant } from './instant';
import { deskProcess, deskRegistry, recordOnDesk } from './testing';
import { ticketDiff } from './ticket-diff';
import { ticketHistory } from './ticket-history';
import type { TicketAddress, TicketLog } from './ticket-log';
import { ticketAt } from './time-travel';

const ticket: TicketAddress = { process: deskProcess, id: '1' };
let store: EventStore;
let log: TicketLog;

beforeEach(async () => {
  store = await openEventStore('memory:');
  log = { eventStore: store, registry: deskRegistry };
});

afterEach(() => store.close());

async function openRenameNoteClose(): Promise<void> {
  await recordOnDesk(store, '1', [
    { type: 'DeskOpened', data: { title: 'a' } },
    { type: 'DeskRenamed', data: { from: 'a', to: 'b' }, actor: 'Bob' },
    { type: 'DeskNoted', data: { id: 'n1', text: 'hello' }, actor: 'Cid' },
    { type: 'DeskClosed', actor: 'Dan' },
  ]);
}

describe('a position that the log has not reached', () => {
  it.each([
    ['the ticket then', (at: Instant) => ticketAt(log, ticket, at)],
    ['the history up to it', (at: Instant) => ticketHistory(log, ticket, { at })],
    ['a comparison from it', (at: Instant) => ticketDiff(log, ticket, at, {})],
    ['a comparison up to it', (at: Instant) => ticketDiff(log, ticket, { revision: 0n }, at)],
  ])('is no instant yet for %s', async (_, ask) => {
    await openRenameNoteClose();
    const head = await store.head();
    await expect(ask({ position: head })).resolves.toBeDefined();
    await expect(ask({ position: head + 1n })).rejects.toMatchObject({
      code: 'invalid.instant',
      details: { position: String(head + 1n), head: String(head) },
    });
  });
});

describe('the history of a ticket', () => {
  it('gives each event with who, when and what changed from what to what', async () => {
    await openRenameNoteClose();
    const page = await ticketHistory(log, ticket);
    expect(page.entries.map(({ type, actor }) => [type, actor])).toEqual([
      ['DeskOpened', 'Ann'],
      ['DeskRenamed', 'Bob'],
      ['DeskNoted', 'Cid'],
      ['DeskClosed', 'Dan'],
    ]);
    expect(page.entries[1]).toMatchObject({
      revision: 1n,
      occurredAt: '2016-03-01T00:01:00.000Z',
      summary: 'It has a new title.',
      commandId: 'command-1',
      changes: [{ field: 'title', old: 'a', new: 'b' }],
    });
    expect(page.entries[1]?.previousHash).toBe(page.entries[0]?.hash);
    expect(page.nextAfter).toBeNull();
  });

  it('comes in pages that together are the whole, forwards and backwards', async () => {
    await openRenameNoteClose();
    for (const direction of ['forwards', 'backwards'] as const) {
      const seen: bigint[] = [];
      let after: bigint | null | undefined;
      while (after !== null) {
        const options = after === undefined ? {} : { after };
        const page = await ticketHistory(log, ticket, { ...options, direction, limit: 3 });
        seen.push(...page.entries.map(({ revision }) => revision));
        after = page.nextAfter;
      }
      const forwards = [0n, 1n, 2n, 3n];
      expect(seen).toEqual(direction === 'forwards' ? forwards : forwards.reverse());
    }
  });

  it('says that a page is the last one also where it is full', async () => {
    await openRenameNoteClose();
    expect((await ticketHistory(log, ticket, { limit: 4 })).nextAfter).toBeNull();
    const backwards = await ticketHistory(log, ticket, { limit: 4, direction: 'backwards' });
    expect(backwards.nextAfter).toBeNull();
    expect(backwards.entries).toHaveLength(4);
  });

  it('keeps the order of the stream where the times run otherwise', async () => {
    await recordOnDesk(store, '1', [
      { type: 'DeskOpened', data: { title: 'a' }, occurredAt: '2016-03-02T00:00:00.000Z' },
      { type: 'DeskClosed', occurredAt: '2016-03-01T00:00:00.000Z' },
    ]);
    const { entries } = await ticketHistory(log, ticket);
    expect(entries.map(({ type }) => type)).toEqual(['DeskOpened', 'DeskClosed']);
  });

  it.each([0, -1, 1.5, 1001, Number.NaN])('refuses a limit of %p', async (limit) => {
    await openRenameNoteClose();
    await expect(ticketHistory(log, ticket, { limit })).rejects.toMatchObject({
      code: 'invalid.history-limit',
    });
  });

  it('of an unknown ticket is missing', async () => {
    await expect(ticketHistory(log, ticket)).rejects.toMatchObject({ code: 'missing.ticket' });
  });
});

describe('a ticket at an instant', () => {
  it('is as it was by business time, position and revision', async () => {
    await openRenameNoteClose();
    const at = (text: string) => ticketAt(log, ticket, parseInstant(text));
    expect((await at('2016-03-01T00:00:00Z')).state).toMatchObject({ title: 'a', state: 'open' });
    expect((await at('2016-03-01T00:01:00Z')).state).toMatchObject({ title: 'b', notes: [] });
    expect((await at('2016-03-01')).state).toMatchObject({ state: 'closed' });
    expect((await at('revision:2')).state).toMatchObject({ state: 'open', notes: [{ id: 'n1' }] });
    const { position } = await at('revision:1');
    expect((await at(`position:${position}`)).state).toMatchObject({ title: 'b', notes: [] });
  });

  it('tells what had happened from what was known', async () => {
    await recordOnDesk(store, '1', [
      { type: 'DeskOpened', data: { title: 'a' }, occurredAt: '2016-03-01T00:00:00.000Z' },
      {
        type: 'DeskRenamed',
        data: { from: 'a', to: 'b' },
        occurredAt: '2016-03-02T00:00:00.000Z',
        recordedAt: '2016-03-05T00:00:00.000Z',
      },
    ]);
    const titleAt = async (occurredAt: string, recordedAt: string) =>
      (await ticketAt(log, ticket, { occurredAt, recordedAt })).state;
    const [early, late] = ['2016-03-01T12:00:00.000Z', '2016-03-09T00:00:00.000Z'];
    const between = '2016-03-03T00:00:00.000Z';
    expect(await titleAt(late, late)).toMatchObject({ title: 'b' });
    expect(await titleAt(between, late)).toMatchObject({ title: 'b' });
    expect(await titleAt(late, between)).toMatchObject({ title: 'a' });
    expect(await titleAt(early, late)).toMatchObject({ title: 'a' });
  });

  it('is missing before it was registered, which is not the same as unknown', async () => {
    await openRenameNoteClose();
    await expect(ticketAt(log, ticket, parseInstant('2016-02-01'))).rejects.toMatchObject({
      code: 'missing.ticket-at',
    });
    await expect(
      ticketAt(log, { ...ticket, id: 'none' }, parseInstant('2016-02-01')),
    ).rejects.toMatchObject({ code: 'missing.ticket' });
  });

  it('is unknown where its stream goes while it is being looked for', async () => {
    await openRenameNoteClose();
    let reads = 0;
    const vanishing: TicketLog = {
      registry: log.registry,
      eventStore: {
        head: () => store.head(),
        readStream: (stream, options) =>
          store.readStream((reads += 1) === 1 ? stream : 'desk-gone', options),
      },
    };
    await expect(ticketAt(vanishing, ticket, parseInstant('2016-02-01'))).rejects.toMatchObject({
      code: 'missing.ticket',
    });
  });
});

describe('the difference between two instants', () => {
  it('names each field with old, new and who changed it last', async () => {
    await openRenameNoteClose();
    const diff = await ticketDiff(log, ticket, { revision: 0n }, { revision: 3n });
    expect(diff.changes.map((c) => [c.field, c.old, c.new, c.lastChangedBy?.actor])).toEqual([
      ['state', 'open', 'closed', 'Dan'],
      ['title', 'a', 'b', 'Bob'],
      ['notes[n1]', undefined, { id: 'n1', text: 'hello' }, 'Cid'],
    ]);
    expect([diff.fromRevision, diff.toRevision]).toEqual([0n, 3n]);
  });

  it('runs backwards as well', async () => {
    await openRenameNoteClose();
    const diff = await ticketDiff(log, ticket, { revision: 1n }, { revision: 0n });
    expect(diff.changes).toMatchObject([
      { field: 'title', old: 'b', new: 'a', lastChangedBy: { actor: 'Bob' } },
    ]);
  });

  it('leaves out what was changed and changed back', async () => {
    await recordOnDesk(store, '1', [
      { type: 'DeskOpened', data: { title: 'a' } },
      { type: 'DeskRenamed', data: { from: 'a', to: 'b' } },
      { type: 'DeskRenamed', data: { from: 'b', to: 'a' } },
    ]);
    const diff = await ticketDiff(log, ticket, { revision: 0n }, { revision: 2n });
    expect(diff.changes).toEqual([]);
  });

  it('shows a ticket that came in between as all new', async () => {
    await openRenameNoteClose();
    const diff = await ticketDiff(
      log,
      ticket,
      parseInstant('2016-01-01'),
      parseInstant('revision:0'),
    );
    expect(diff.fromRevision).toBeNull();
    expect(diff.changes.map(({ field }) => field)).toEqual(['state', 'title']);
  });

  it('is refused where the ticket was there at neither instant', async () => {
    await openRenameNoteClose();
    const past = parseInstant('2016-01-01');
    await expect(ticketDiff(log, ticket, past, past)).rejects.toMatchObject({
      code: 'missing.ticket-at',
    });
  });
});
