import type { EventStore } from '@ledgerdesk/event-store';
import type { ReadStore } from '@ledgerdesk/read-store';
import { ProjectionHostFixture } from '../testing/projection-host-fixture';
import { atOnce, eventually, overriding, type TallyLog } from '../testing/projection-kit';
import { tallyProjection, tallyRegistry } from '../testing/tally.projection';
import { LeasedProjectionHost, type LeasedProjectionHostOptions } from './leased-projection-host';
import { StoredProjectionHost } from './stored-projection-host';

const WAIT_MS = 10_000;
const TTL_MS = 250;

let fixture: ProjectionHostFixture;
let eventStore: EventStore;
let readStore: ReadStore;
let log: TallyLog;
let hosts: { stop(): Promise<void> }[];

const projections = ['one', 'two', 'three', 'four'].map((name) => tallyProjection(name));
const names = projections.map(({ name }) => name);

function start(
  holder: string,
  options: Partial<LeasedProjectionHostOptions> = {},
): LeasedProjectionHost {
  const host = LeasedProjectionHost.start({
    eventStore,
    readStore,
    registry: tallyRegistry,
    projections,
    backOff: atOnce,
    patrolMs: 10,
    holder,
    leaseTtlMs: TTL_MS,
    ...options,
  });
  hosts.push(host);
  return host;
}

const ledBy = (host: LeasedProjectionHost): readonly string[] =>
  host.leading().map(({ name }) => name);

beforeEach(async () => {
  fixture = await ProjectionHostFixture.open();
  ({ eventStore, readStore, log } = fixture);
  hosts = [];
});

afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await fixture.close();
});

describe('LeasedProjectionHost', () => {
  it('leads each projection in one of two processes, and both know of all', async () => {
    await log.add('a', 1, 2);
    const [one, two] = [start('one'), start('two')];
    await eventually(() => ledBy(one).length === 2 && ledBy(two).length === 2);
    expect([...ledBy(one), ...ledBy(two)].sort()).toEqual([...names].sort());
    await log.add('a', 4);
    const head = await eventStore.head();
    for (const host of [one, two]) {
      for (const name of names) expect(await host.waitFor(name, head, WAIT_MS)).toBe(true);
      expect((await host.status()).map(({ checkpoint }) => checkpoint)).toEqual([3n, 3n, 3n, 3n]);
    }
    for (const projection of projections) await fixture.expectLikeFreshFold(projection);
  });

  it('takes over what a process that is cut off from the leases has led', async () => {
    let isCut = false;
    const guarded = overriding(readStore.leases, {
      renew: (holder) =>
        isCut ? Promise.reject(new Error('cut off')) : readStore.leases.renew(holder),
    });
    const one = start('one', { readStore: overriding(readStore, { leases: guarded }) });
    await eventually(() => ledBy(one).length === 4);
    const two = start('two');
    isCut = true;
    await eventually(() => ledBy(two).length === 4);
    expect(ledBy(one)).toEqual([]);
    const position = await log.add('a', 8);
    for (const name of names) expect(await two.waitFor(name, position, WAIT_MS)).toBe(true);
    for (const projection of projections) await fixture.expectLikeFreshFold(projection);
  });

  it('runs only what it is told to host, and waits for what others run', async () => {
    const [one, two] = [
      start('one', { hosted: ['one'] }),
      start('two', { hosted: ['two', 'three', 'four'] }),
    ];
    await eventually(() => ledBy(one).length === 1 && ledBy(two).length === 3);
    expect(ledBy(one)).toEqual(['one']);
    expect(await one.waitFor('four', await log.add('a', 1), WAIT_MS)).toBe(true);
    expect(await one.waitFor('five', 1n, WAIT_MS)).toBe(false);
  });
});

describe('a projection that another process leads under a later token', () => {
  it('is written no more by the one before, and let go there', async () => {
    const [projection = tallyProjection()] = projections;
    const late = fixture.start([]);
    late.lead([{ projection, fence: 1 }]);
    await eventually(async () => (await late.status())[0]?.state === 'live');
    const next = fixture.start([]);
    next.lead([{ projection, fence: 2 }]);
    await eventually(async () => (await next.status())[0]?.state === 'live');
    await log.add('a', 1);
    await eventually(async () => (await late.status()).length === 0);
    expect(await late.status()).toEqual([]);
    await fixture.expectCaughtUp(next, projection.name);
    await fixture.expectLikeFreshFold(projection);
  });
});

describe('StoredProjectionHost', () => {
  it('shows what others have stored, and ends its waits when it is stopped', async () => {
    const stored = new StoredProjectionHost({ eventStore, readStore, projections });
    hosts.push(stored);
    expect((await stored.status())[0]).toMatchObject({ state: 'building', generation: 0 });
    fixture.start([tallyProjection('one')]);
    const position = await log.add('a', 1);
    expect(await stored.waitFor('one', position, WAIT_MS)).toBe(true);
    const [one] = await stored.status();
    expect(one).toMatchObject({ state: 'live', checkpoint: position, lagEvents: 0n });
    const never = stored.waitFor('two', position, WAIT_MS);
    await stored.stop();
    expect(await never).toBe(false);
  });
});
