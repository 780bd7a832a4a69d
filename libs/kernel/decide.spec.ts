import { allowedCommands, commandNameOf, decide, stateCategory } from './decide';
import { defineEvents } from './event-definition';
import { defineLifecycle } from './lifecycle';
import {
  isRefusal,
  refuse,
  type CommandDefinition,
  type DecisionContext,
  type ProcessDefinition,
} from './process-definition';

interface Door {
  readonly state: 'open' | 'shut' | null;
  readonly isLocked: boolean;
}

class HangDoor {}
class ShutDoor {}
class OpenDoor {
  key = '';
}
class OilDoor {}

const asked: string[] = [];

function command(
  type: CommandDefinition<Door>['type'],
  definition: Partial<CommandDefinition<Door>> = {},
): CommandDefinition<Door> {
  return {
    type,
    summary: `summary of ${type.name}`,
    route: type.name.toLowerCase(),
    permission: 'door:any',
    emits: [],
    example: {},
    decide: () => {
      asked.push('rule');
      return [{ type: 'DoorMoved', data: { by: type.name } }];
    },
    ...definition,
  };
}

const door: ProcessDefinition<Door> = {
  name: 'door',
  plural: 'doors',
  title: 'Door',
  numberPrefix: 'DR',
  summary: 'A door',
  lifecycle: defineLifecycle({
    states: {
      open: { title: 'Open', category: 'open' },
      shut: { title: 'Shut', category: 'waiting' },
    },
    transitions: {
      HangDoor: { from: [null], to: ['open'] },
      ShutDoor: { from: ['open'], to: ['shut'] },
      OpenDoor: { from: ['shut'], to: ['open'], guards: ['isUnlocked', 'hasKey'] },
      OilDoor: { from: ['open', 'shut'] },
    },
  }),
  guards: {
    isUnlocked: {
      unless: 'it is unlocked',
      stateOnly: true,
      check: ({ isLocked }) => {
        asked.push('isUnlocked');
        return !isLocked || refuse('locked', 'the door is locked; unlock it first');
      },
    },
    hasKey: {
      unless: 'the key fits',
      check: (_state, { key }) => {
        asked.push('hasKey');
        return key === 'right' || refuse('key', 'the key does not fit', { key });
      },
    },
  },
  commands: {
    HangDoor: command(HangDoor, { route: null }),
    ShutDoor: command(ShutDoor),
    OpenDoor: command(OpenDoor),
    OilDoor: command(OilDoor, {
      internal: true,
      decide: () => refuse('no-oil', 'there is no oil; buy some', { oil: 0 }),
    }),
  },
  events: defineEvents({ DoorMoved: { version: 1, summary: 'It moved', fields: { by: 'text' } } }),
  initial: { state: null, isLocked: false },
  evolve: (state) => state,
  evolveFacts: (state) => state,
  listing: { version: 1, collection: { fields: {} }, summarise: () => ({}) },
  policies: {},
};

const context: DecisionContext<Door> = {
  id: 'd',
  number: 'DR-000001',
  actor: 'ada',
  onBehalfOf: null,
  now: '2026-01-01T00:00:00.000Z',
  policies: {},
  tickets: new Map(),
  related: new Map(),
  blobs: new Map(),
};

const shut: Door = { state: 'shut', isLocked: false };
const locked: Door = { state: 'shut', isLocked: true };
const open: Door = { state: 'open', isLocked: false };
const withKey = (key: string): OpenDoor => Object.assign(new OpenDoor(), { key });

beforeEach(() => {
  asked.length = 0;
});

describe('decide', () => {
  it('asks the guards in their order, then the rule', () => {
    expect(decide(door, 'OpenDoor', withKey('right'), shut, context)).toEqual([
      { type: 'DoorMoved', data: { by: 'OpenDoor' } },
    ]);
    expect(asked).toEqual(['isUnlocked', 'hasKey', 'rule']);
  });

  it('asks the lifecycle first, and no guard or rule where it says no', () => {
    expect(decide(door, 'OpenDoor', withKey('right'), open, context)).toMatchObject({
      refused: 'refused.state',
      details: { command: 'OpenDoor', state: 'open', allowedIn: ['shut'], allowed: ['ShutDoor'] },
    });
    expect(asked).toEqual([]);
  });

  it('stops at the first guard that says no', () => {
    expect(decide(door, 'OpenDoor', withKey('right'), locked, context)).toMatchObject({
      refused: 'refused.locked',
      details: { allowed: [] },
    });
    expect(asked).not.toContain('hasKey');
    expect(asked).not.toContain('rule');
  });

  it('keeps the details of a guard or a rule and adds what is allowed', () => {
    expect(decide(door, 'OpenDoor', withKey('wrong'), shut, context)).toMatchObject({
      refused: 'refused.key',
      details: { key: 'wrong', allowed: ['OpenDoor'] },
    });
    expect(decide(door, 'OilDoor', new OilDoor(), shut, context)).toMatchObject({
      refused: 'refused.no-oil',
      details: { oil: 0, allowed: ['OpenDoor'] },
    });
  });

  it('names the process with its article', () => {
    const refused = (name: string): string => {
      const refusal = decide({ ...door, name }, 'HangDoor', new HangDoor(), open, context);
      return isRefusal(refusal) ? refusal.message : '';
    };
    expect(refused('door')).toContain('not allowed for a door in state open');
    expect(refused('exit')).toContain('not allowed for an exit in state open');
  });

  it('says of a command that only begins tickets that it does', () => {
    const refusal = decide(door, 'HangDoor', new HangDoor(), open, context);
    expect(refusal).toMatchObject({ refused: 'refused.state' });
    expect(isRefusal(refusal) && refusal.message).toContain('it only creates new ones');
  });

  it('says of a ticket that is not there yet that it is not', () => {
    const refusal = decide(door, 'ShutDoor', new ShutDoor(), door.initial, context);
    expect(isRefusal(refusal) && refusal.message).toContain('not registered yet');
    expect(refusal).toMatchObject({ details: { state: null, allowed: ['HangDoor'] } });
  });

  it('refuses a command that the process does not have', () => {
    expect(decide(door, 'KickDoor', {}, open, context)).toMatchObject({
      refused: 'refused.unknown-command',
      details: { commands: ['HangDoor', 'ShutDoor', 'OpenDoor', 'OilDoor'] },
    });
  });
});

describe('allowedCommands', () => {
  it('asks the lifecycle and the guards that look at the state alone', () => {
    expect(allowedCommands(door, shut, context)).toEqual([
      { command: 'OpenDoor', route: 'opendoor', summary: 'summary of OpenDoor', to: ['open'] },
    ]);
    expect(allowedCommands(door, locked, context)).toEqual([]);
    expect(asked).not.toContain('hasKey');
  });

  it('leaves internal commands out', () => {
    const names = allowedCommands(door, open, context).map(({ command: name }) => name);
    expect(names).toEqual(['ShutDoor']);
  });
});

describe('stateCategory', () => {
  it('is that of the table, and done for a state that the table has lost', () => {
    expect([stateCategory(door, 'shut'), stateCategory(door, 'gone')]).toEqual(['waiting', 'done']);
  });
});

describe('commandNameOf', () => {
  it('is the name of the class', () => {
    expect(commandNameOf(new OilDoor())).toBe('OilDoor');
  });
});
