import { MemoryReadStore, type LeaseStore } from '@ledgerdesk/read-store';
import { Leadership, type LeadershipOptions } from './leadership';

const TTL_MS = 10_000;
/** A look every fifth of the life, as the loop takes them. */
const LOOK_MS = TTL_MS / 5;

let leases: LeaseStore;
let nowMs: number;
let members: Member[];

/** A process whose looks the test takes, and whose clock it moves. */
class Member {
  readonly led = new Map<string, number>();
  readonly leadership: Leadership;
  isDead = false;

  constructor(holder: string, options: Partial<LeadershipOptions> = {}) {
    this.leadership = new Leadership({
      leases,
      holder,
      group: 'projections',
      names: ['a', 'b', 'c', 'd'],
      ttlMs: TTL_MS,
      onLead: (name, token) => this.led.set(name, token),
      onLose: (name) => this.led.delete(name),
      nowMs: () => nowMs,
      ...options,
    });
    members.push(this);
  }

  get names(): readonly string[] {
    return [...this.led.keys()].sort();
  }
}

async function pass(ms: number): Promise<void> {
  for (const endMs = nowMs + ms; nowMs < endMs; nowMs += LOOK_MS) {
    for (const { leadership, isDead } of members) if (!isDead) await leadership.look();
  }
}

beforeEach(() => {
  leases = new MemoryReadStore().leases;
  nowMs = 1_000;
  members = [];
});

afterEach(() => Promise.all(members.map(({ leadership }) => leadership.stop())));

describe('Leadership', () => {
  it('leads everything where nobody else is', async () => {
    const one = new Member('one');
    await pass(LOOK_MS);
    expect(one.names).toEqual(['a', 'b', 'c', 'd']);
    expect(one.leadership.status()).toHaveLength(4);
  });

  it('shares evenly with a second one, and nothing is led twice', async () => {
    const one = new Member('one');
    await pass(LOOK_MS);
    const two = new Member('two');
    await pass(3 * LOOK_MS);
    expect([one.names.length, two.names.length]).toEqual([2, 2]);
    expect([...one.names, ...two.names].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes over from one that was killed, within 15 seconds and under a higher token', async () => {
    const [one, two] = [new Member('one'), new Member('two')];
    await pass(4 * LOOK_MS);
    const tokens = new Map(one.led);
    one.isDead = true;
    const killedAtMs = nowMs;
    while (two.names.length < 4) await pass(LOOK_MS);
    expect(nowMs - killedAtMs).toBeLessThanOrEqual(15_000);
    for (const [name, token] of tokens) expect(two.led.get(name)).toBe(token + 1);
  });

  it('believes no longer that it leads before anybody else may', async () => {
    const [one, two] = [new Member('one'), new Member('two')];
    await pass(4 * LOOK_MS);
    const [name = ''] = one.names;
    expect(one.leadership.leads(name)).toBe(true);
    one.isDead = true;
    while (!two.leadership.leads(name)) {
      await pass(LOOK_MS);
      expect(one.leadership.leads(name) && two.leadership.leads(name)).toBe(false);
    }
  });

  it('loses what another one has taken while it was away, and says so', async () => {
    const [one, two] = [new Member('one'), new Member('two')];
    await pass(4 * LOOK_MS);
    one.isDead = true;
    await pass(2 * TTL_MS);
    one.isDead = false;
    await one.leadership.look();
    expect([...one.names, ...two.names].sort()).toEqual(['a', 'b', 'c', 'd']);
    await pass(3 * LOOK_MS);
    expect([one.names.length, two.names.length]).toEqual([2, 2]);
  });

  it('hands over at once when it is stopped', async () => {
    const [one, two] = [new Member('one'), new Member('two')];
    await pass(4 * LOOK_MS);
    one.isDead = true;
    await one.leadership.stop();
    await pass(LOOK_MS);
    expect(two.names).toEqual(['a', 'b', 'c', 'd']);
  });

  it('leads what a lost answer had given to it', async () => {
    const lossy: LeaseStore = {
      list: () => leases.list(),
      renew: (holder) => leases.renew(holder),
      release: (holder, names) => leases.release(holder, names),
      take: async (...of) => {
        await leases.take(...of);
        throw new Error('the answer was lost');
      },
    };
    const one = new Member('one', { leases: lossy, names: ['a'] });
    for (let look = 0; look < 3; look += 1) await one.leadership.look().catch(() => undefined);
    expect(one.names).toEqual(['a']);
  });

  it('tells nobody to lead under a lease whose taking was answered too late', async () => {
    let waitMs = TTL_MS;
    const busy: LeaseStore = {
      list: () => leases.list(),
      renew: (holder) => leases.renew(holder),
      release: (holder, names) => leases.release(holder, names),
      take: async (...of) => {
        const taken = await leases.take(...of);
        nowMs += waitMs;
        return taken;
      },
    };
    const told: boolean[] = [];
    const onLead = (name: string): void => void told.push(one.leadership.leads(name));
    const one: Member = new Member('one', { leases: busy, names: ['a'], onLead });
    await one.leadership.look();
    expect(told).toEqual([]);
    waitMs = 0;
    await one.leadership.look();
    expect(told).toEqual([true]);
  });

  it('loses what it led when the renewal is answered too late, and leads it again', async () => {
    let waitMs = 0;
    const busy: LeaseStore = {
      list: () => leases.list(),
      take: (...of) => leases.take(...of),
      release: (holder, names) => leases.release(holder, names),
      renew: async (holder) => {
        const held = await leases.renew(holder);
        nowMs += waitMs;
        return held;
      },
    };
    const one = new Member('one', { leases: busy, names: ['a'] });
    await one.leadership.look();
    waitMs = TTL_MS;
    await one.leadership.look();
    expect(one.names).toEqual([]);
    waitMs = 0;
    await one.leadership.look();
    expect(one.names).toEqual(['a']);
  });

  it('leaves to each what only it was told to lead', async () => {
    const [all, few] = [new Member('all'), new Member('few', { names: ['d', 'e'] })];
    await pass(4 * LOOK_MS);
    expect(all.names).toEqual(['a', 'b', 'c', 'd']);
    expect(few.names).toEqual(['e']);
  });

  it('looks by itself once it is started, and tells where the leases cannot be reached', async () => {
    const failed = new Promise((resolve) => {
      const down: LeaseStore = { ...leases, renew: () => Promise.reject(new Error('down')) };
      new Member('one', { leases: down, onFailure: resolve }).leadership.start();
    });
    expect(await failed).toEqual(new Error('down'));
  });
});
