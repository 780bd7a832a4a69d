import { createHash } from 'node:crypto';
import type { EventRow, SealedEvent } from './event';
import { sealEvent } from './event';
import { createEventRegistry, defineEvents, type EventDefinitions } from './event-definition';

const cups = defineEvents({
  CupFilled: { version: 1, summary: 'A cup was filled', fields: { millilitres: 'integer' } },
});

/** In version 1 the amount was in centilitres, in version 2 it had no unit in its name. */
const glasses = defineEvents({
  GlassFilled: {
    version: 3,
    summary: 'A glass was filled',
    fields: { millilitres: 'integer' },
    upcasters: {
      1: ({ centilitres }) => ({ amount: Number(centilitres) * 10 }),
      2: ({ amount }) => ({ millilitres: amount }),
    },
  },
});

function stored(type: string, schemaVersion: number, data: SealedEvent['data']): EventRow {
  const event: SealedEvent = {
    id: '01900000-0000-7000-8000-000000000001',
    type,
    schemaVersion,
    stream: 'cup-1',
    revision: '4',
    occurredAt: '2026-01-01T00:00:00.000Z',
    recordedAt: '2026-01-01T00:00:01.000Z',
    tenant: 'acme',
    actor: 'ada',
    onBehalfOf: null,
    origin: { kind: 'api', id: 'spec', version: '1' },
    correlationId: 'c',
    causationId: null,
    commandId: 'c',
    commandDigest: 'a'.repeat(64),
    policies: [{ name: 'p', version: 2 }],
    previousHash: 'b'.repeat(64),
    data,
  };
  return sealEvent(event, (text) => createHash('sha256').update(text).digest('hex'));
}

const codeOf = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('createEventRegistry', () => {
  it('knows the types of all its tables', () => {
    const registry = createEventRegistry([cups, glasses]);
    expect(registry.types).toEqual(['CupFilled', 'GlassFilled']);
    expect([registry.has('CupFilled'), registry.has('MugFilled')]).toEqual([true, false]);
    expect(registry.definitionOf('GlassFilled').version).toBe(3);
    expect(() => registry.definitionOf('MugFilled')).toThrow(codeOf('incompatible.event-type'));
  });

  it('refuses a type that two tables define', () => {
    expect(() => createEventRegistry([cups, cups])).toThrow(codeOf('defect.duplicate-event-type'));
  });

  it.each<[string, EventDefinitions]>([
    ['the first', { CupFilled: { ...glasses.GlassFilled, upcasters: { 2: (data) => data } } }],
    ['the last', { CupFilled: { ...glasses.GlassFilled, upcasters: { 1: (data) => data } } }],
    ['all', { CupFilled: { version: 2, summary: '', fields: {} } }],
  ])('refuses a version of which %s upcaster is missing', (_which, table) => {
    expect(() => createEventRegistry([table])).toThrow(codeOf('defect.upcaster-missing'));
  });
});

describe('decode', () => {
  const registry = createEventRegistry([cups, glasses]);

  it('gives every field as sealed, and the store’s own beside them', () => {
    const row = stored('CupFilled', 1, { millilitres: 250 });
    const event = registry.decode({ ...row, position: 17n });
    expect(event).toEqual({
      ...(JSON.parse(row.body) as object),
      revision: 4n,
      position: 17n,
      hash: row.hash,
    });
  });

  it('brings data of every earlier version to the newest, step by step', () => {
    for (const [version, data] of [
      [1, { centilitres: 25 }],
      [2, { amount: 250 }],
      [3, { millilitres: 250 }],
    ] as const) {
      const event = registry.decode({ ...stored('GlassFilled', version, data), position: 1n });
      expect([event.schemaVersion, event.data]).toEqual([3, { millilitres: 250 }]);
    }
  });

  it('keeps the hash of the text that is stored, whatever the version', () => {
    const row = stored('GlassFilled', 1, { centilitres: 25 });
    expect(registry.decode({ ...row, position: 1n }).hash).toBe(row.hash);
  });

  it.each([
    ['incompatible.event-type', stored('MugFilled', 1, {})],
    ['incompatible.event-version', stored('CupFilled', 2, {})],
    ['corrupt.event-body', { ...stored('CupFilled', 1, {}), body: 'not JSON' }],
  ])('refuses with %s what it cannot read', (code, row) => {
    expect(() => registry.decode({ ...row, position: 1n })).toThrow(codeOf(code));
  });
});
