import { refuse, type CommandDefinition, type Guard } from '@ledgerdesk/kernel';
import {
  defineCommand,
  defineGuard,
  makeCommand,
  type TypedCommandDefinition,
} from '../shared/command-definition';
import { SpanEntry } from '../shared/commands/spans.commands';
import { emitterOf } from '../shared/folding';
import { areSoundSpans, spansOf } from '../shared/spans';
import {
  CancelFreezeWindow,
  DraftFreezeWindow,
  EndFreezeWindow,
  NameFreezeWindowAuthorities,
  PublishFreezeWindow,
  SetFreezeWindowEntries,
  SetFreezeWindowScope,
} from './freeze-window.commands';
import type { freezeWindowEvents } from './freeze-window.events';
import type { FreezeWindowScope, FreezeWindowState } from './freeze-window.state';

const emit = emitterOf<typeof freezeWindowEvents>();

function command<Command extends object>(
  definition: TypedCommandDefinition<FreezeWindowState, Command>,
): CommandDefinition<FreezeWindowState> {
  return defineCommand(definition);
}

const yearEnd = makeCommand(SpanEntry, {
  start: '2026-12-18T18:00:00Z',
  end: '2027-01-04T06:00:00Z',
});

/** What the commands on a freeze window lead to. */
export const freezeWindowCommands: Readonly<Record<string, CommandDefinition<FreezeWindowState>>> =
  {
    DraftFreezeWindow: command<DraftFreezeWindow>({
      type: DraftFreezeWindow,
      summary: 'Draft a freeze, or its opposite: a maintenance window.',
      route: null,
      permission: 'freeze-window:draft',
      emits: ['FreezeWindowDrafted'],
      example: {
        title: 'End of the year',
        kind: 'hard',
        reason: 'The books are closed.',
        entries: [yearEnd],
        services: ['accounting'],
        authorities: ['mara.v'],
      },
      decide: (asked, _, { number }) => [
        emit('FreezeWindowDrafted', {
          number,
          title: asked.title,
          kind: asked.kind,
          reason: asked.reason,
          entries: spansOf(asked.entries),
          authorities: asked.authorities ?? [],
          ...scopeOf(asked),
        }),
      ],
    }),
    SetFreezeWindowEntries: command<SetFreezeWindowEntries>({
      type: SetFreezeWindowEntries,
      summary: 'Replace the calendar, also while it is in force.',
      route: 'set-entries',
      permission: 'freeze-window:edit',
      emits: ['FreezeWindowEntriesChanged'],
      example: { entries: [yearEnd], reason: 'The audit takes longer.' },
      decide: ({ entries, reason }, { entries: from }) => [
        emit('FreezeWindowEntriesChanged', { from, to: spansOf(entries), reason }),
      ],
    }),
    SetFreezeWindowScope: command<SetFreezeWindowScope>({
      type: SetFreezeWindowScope,
      summary: 'Replace the scope; without any list it is about everything.',
      route: 'set-scope',
      permission: 'freeze-window:edit',
      emits: ['FreezeWindowScopeChanged'],
      example: { services: ['accounting', 'payroll'], reason: 'Payroll is closed too.' },
      decide: (asked, { scope }) => [
        emit('FreezeWindowScopeChanged', {
          ...scopeOf(asked),
          previous: scope,
          reason: asked.reason,
        }),
      ],
    }),
    NameFreezeWindowAuthorities: command<NameFreezeWindowAuthorities>({
      type: NameFreezeWindowAuthorities,
      summary: 'Name who may let a change happen all the same.',
      route: 'name-authorities',
      permission: 'freeze-window:edit',
      emits: ['FreezeWindowAuthoritiesNamed'],
      example: { authorities: ['mara.v', 'jon.p'] },
      decide: ({ authorities: to }, { authorities: from, kind, state }) =>
        to.length === 0 && kind === 'hard' && state === 'in-force'
          ? refuse('no-authority', 'a hard freeze in force names at least one authority')
          : [emit('FreezeWindowAuthoritiesNamed', { from, to })],
    }),
    ...endingCommands(),
  };

function endingCommands(): Readonly<Record<string, CommandDefinition<FreezeWindowState>>> {
  return {
    PublishFreezeWindow: command<PublishFreezeWindow>({
      type: PublishFreezeWindow,
      summary: 'Put the window in force as its calendar says.',
      route: 'publish',
      permission: 'freeze-window:publish',
      emits: ['FreezeWindowPublished'],
      example: {},
      decide: (_, { entries }) => [emit('FreezeWindowPublished', { entries })],
    }),
    EndFreezeWindow: command<EndFreezeWindow>({
      type: EndFreezeWindow,
      summary: 'End the window, also before its calendar does.',
      route: 'end',
      permission: 'freeze-window:publish',
      emits: ['FreezeWindowEnded'],
      example: { reason: 'The books are closed already.' },
      decide: ({ reason }) => [emit('FreezeWindowEnded', { reason })],
    }),
    CancelFreezeWindow: command<CancelFreezeWindow>({
      type: CancelFreezeWindow,
      summary: 'Give up a draft.',
      route: 'cancel',
      permission: 'freeze-window:draft',
      emits: ['FreezeWindowCancelled'],
      example: { reason: 'The audit was moved.' },
      decide: ({ reason }) => [emit('FreezeWindowCancelled', { reason })],
    }),
  };
}

/** The questions that the lifecycle of a freeze window asks. */
export const freezeWindowGuards: Readonly<Record<string, Guard<FreezeWindowState>>> = {
  hasSoundEntries: defineGuard<FreezeWindowState, SetFreezeWindowEntries>({
    unless: 'its calendar has entries that end after they begin, not all in the past',
    check: (_, { entries }, { now }) => areSoundSpans(entries, now),
  }),
  hasAuthorityIfHard: defineGuard<FreezeWindowState>({
    unless: 'a hard freeze names an authority that may let changes happen',
    stateOnly: true,
    check: ({ kind, authorities }) =>
      kind !== 'hard' ||
      authorities.length > 0 ||
      refuse('no-authority', 'a hard freeze names at least one authority before it is in force'),
  }),
  hasEntryToCome: defineGuard<FreezeWindowState>({
    unless: 'its calendar is not over yet',
    stateOnly: true,
    check: ({ entries }, _, { now }) => areSoundSpans(entries, now),
  }),
};

function scopeOf(
  asked: Pick<SetFreezeWindowScope, 'configurationItems' | 'classes' | 'services' | 'tenants'>,
): FreezeWindowScope {
  return {
    configurationItems: asked.configurationItems ?? [],
    classes: asked.classes ?? [],
    services: asked.services ?? [],
    tenants: asked.tenants ?? [],
  };
}
