import fc from 'fast-check';
import { createHash } from 'node:crypto';
import {
  baselineItemOf,
  compareBaseline,
  configurationDifference,
  configurationDigest,
  type BaselineItem,
  type ConfigurationView,
} from '../index';
import { sha256 } from './sha256';

const server: ConfigurationView = {
  state: 'in-production',
  number: 'CI-000042',
  ciClass: 'server',
  attributes: { name: 'mail-01', memoryGigabytes: 64 },
  relations: [
    { type: 'member-of', target: 'farm' },
    { type: 'powered-by', target: 'pdu' },
  ],
  redundancy: [{ relation: 'powered-by', kind: 'count', minimum: 1 }],
};

describe('the digest of a configuration', () => {
  const digest = configurationDigest(server);

  it('does not depend on the order of attributes and relations', () => {
    const turned = {
      ...server,
      attributes: { memoryGigabytes: 64, name: 'mail-01' },
      relations: [...(server.relations ?? [])].reverse(),
    };
    expect(configurationDigest(turned)).toBe(digest);
  });

  it.each([
    ['the state', { state: 'retired' }],
    ['an attribute', { attributes: { name: 'mail-01', memoryGigabytes: 128 } }],
    ['a relation', { relations: [] }],
    ['a redundancy rule', { redundancy: [] }],
  ])('differs with %s', (_, fields) => {
    expect(configurationDigest({ ...server, ...fields })).not.toBe(digest);
  });

  it('is the SHA-256 of any text', () => {
    expect.hasAssertions();
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.integer({ min: 0, max: 130 }).map((length) => 'a'.repeat(length)),
    );
    fc.assert(
      fc.property(text, (each) => {
        expect(sha256(each)).toBe(createHash('sha256').update(each, 'utf8').digest('hex'));
      }),
      { seed: 20260302, numRuns: 300 },
    );
  });
});

describe('a comparison', () => {
  const item = (id: string, digest: string): BaselineItem => ({
    id,
    number: `CI-${id}`,
    ciClass: 'server',
    state: 'in-production',
    revision: '1',
    digest,
  });

  it('tells what is the same, changed, missing and added', () => {
    const before = [item('1', 'a'), item('2', 'b'), item('3', 'c')];
    const now = [item('4', 'd'), item('2', 'x'), item('1', 'a')];
    expect(compareBaseline(before, now)).toEqual({
      unchanged: [item('1', 'a')],
      changed: [{ from: item('2', 'b'), to: item('2', 'x') }],
      missing: [item('3', 'c')],
      added: [item('4', 'd')],
    });
  });

  it('finds nothing where only notes were written', () => {
    const before = baselineItemOf('1', 4n, server);
    const now = baselineItemOf('1', 9n, server);
    expect(before.revision).toBe('4');
    expect(compareBaseline([before], [now])).toMatchObject({ unchanged: [before], changed: [] });
  });

  it('tells the differences of an item, attribute by attribute', () => {
    const after: ConfigurationView = {
      state: 'in-production',
      attributes: { name: 'mail-01', memoryGigabytes: 128, brand: 'Acme' },
      relations: [
        { type: 'member-of', target: 'farm' },
        { type: 'powered-by', target: 'ups' },
      ],
    };
    expect(configurationDifference(server, after)).toEqual({
      attributes: [
        { attribute: 'brand', from: null, to: 'Acme' },
        { attribute: 'memoryGigabytes', from: 64, to: 128 },
      ],
      relationsAdded: [{ type: 'powered-by', target: 'ups' }],
      relationsRemoved: [{ type: 'powered-by', target: 'pdu' }],
    });
  });
});
