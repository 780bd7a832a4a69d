import {
  assertSoundLifecycle,
  lifecycleFaults,
  targetsOf,
  type Lifecycle,
  type Transition,
} from './lifecycle';

const sound: Lifecycle = {
  states: {
    open: { title: 'Open', category: 'open' },
    waiting: { title: 'Waiting', category: 'waiting' },
    closed: { title: 'Closed', category: 'done', final: true },
  },
  transitions: {
    Open: { from: [null], to: ['open'] },
    Hold: { from: ['open'], to: ['waiting'], guards: ['hasReason'] },
    Resume: { from: ['waiting'], to: ['open'] },
    Note: { from: ['open', 'waiting', 'closed'] },
    Close: { from: ['open', 'waiting'], to: ['closed'] },
  },
};

function changed(
  states: Lifecycle['states'],
  transitions: Lifecycle['transitions'] = {},
): Lifecycle {
  return {
    states: { ...sound.states, ...states },
    transitions: { ...sound.transitions, ...transitions },
  };
}

describe('lifecycleFaults', () => {
  it('finds none in a sound table', () => {
    expect(lifecycleFaults(sound, ['hasReason'])).toEqual([]);
  });

  it.each<[string, Lifecycle, readonly string[]]>([
    [
      'a guard that is not there',
      changed({}, { Close: { from: ['open', 'waiting'], to: ['closed'], guards: ['isTidy'] } }),
      ['Close names the unknown guard isTidy'],
    ],
    [
      'a state that is not there, on either side',
      changed({}, { Lose: { from: ['found'], to: ['lost'] } }),
      ['Lose names the unknown state found', 'Lose names the unknown state lost'],
    ],
    [
      'a target that is not there',
      changed({}, { Move: { from: ['open'], to: ['waiting'], targets: { open: ['lost'] } } }),
      ['Move names the unknown state lost'],
    ],
    [
      'a state that only states which are not its sources could lead to',
      changed(
        { lost: { title: 'Lost', category: 'done', final: true } },
        { Move: { from: ['open', 'waiting'], to: ['lost'], targets: { closed: ['lost'] } } },
      ),
      ['no command leads to the state lost'],
    ],
    [
      'a state that nothing leads to',
      changed({ lost: { title: 'Lost', category: 'done', final: true } }),
      ['no command leads to the state lost'],
    ],
    [
      'states that only lead to each other',
      changed(
        { here: { title: 'Here', category: 'open' }, there: { title: 'There', category: 'open' } },
        { Go: { from: ['here'], to: ['there'] }, Return: { from: ['there'], to: ['here'] } },
      ),
      ['no command leads to the state here', 'no command leads to the state there'],
    ],
    [
      'a dead end that is not final',
      changed({ closed: { title: 'Closed', category: 'done' } }),
      ['the state closed is a dead end but not final'],
    ],
    [
      'a final state with a way out',
      changed({}, { Reopen: { from: ['closed'], to: ['open'] } }),
      ['the state closed is final but has a way out'],
    ],
  ])('names %s', (_what, lifecycle, faults) => {
    expect(lifecycleFaults(lifecycle, ['hasReason'])).toEqual(faults);
  });

  it('takes a state that only leads to itself for a dead end', () => {
    const stuck = changed(
      { stuck: { title: 'Stuck', category: 'open' } },
      { Jam: { from: ['open'], to: ['stuck'] }, Shake: { from: ['stuck'], to: ['stuck'] } },
    );
    expect(lifecycleFaults(stuck, ['hasReason'])).toEqual([
      'the state stuck is a dead end but not final',
    ]);
  });
});

describe('assertSoundLifecycle', () => {
  it('passes a sound table', () => {
    expect(() => {
      assertSoundLifecycle('cup', sound, ['hasReason']);
    }).not.toThrow();
  });

  it('lists every fault at once', () => {
    expect(() => {
      assertSoundLifecycle('cup', changed({ lost: { title: 'Lost', category: 'open' } }), []);
    }).toThrow(
      expect.objectContaining({
        code: 'defect.lifecycle',
        details: {
          process: 'cup',
          faults: [
            'Hold names the unknown guard hasReason',
            'no command leads to the state lost',
            'the state lost is a dead end but not final',
          ],
        },
      }),
    );
  });
});

describe('targetsOf', () => {
  const transition: Transition = { from: ['open', 'waiting'], to: ['waiting', 'closed'] };

  it('leads from any source to any target unless told otherwise', () => {
    expect(targetsOf(transition, 'open')).toEqual(['waiting', 'closed']);
    expect(targetsOf({}, 'open')).toEqual([]);
  });

  it('keeps to the targets of each source where they are told', () => {
    const targets = { open: ['waiting'] };
    expect(targetsOf({ ...transition, targets }, 'open')).toEqual(['waiting']);
    expect(targetsOf({ ...transition, targets }, 'waiting')).toEqual([]);
  });
});
