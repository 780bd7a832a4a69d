import {
  refuse,
  ticketKey,
  type CommandDefinition,
  type Guard,
  type RelatedTicket,
  type TicketAddress,
} from '@ledgerdesk/kernel';
import { defineCommand, defineGuard } from '../shared/command-definition';
import { emitterOf } from '../shared/folding';
import { baselineItemOf } from './baseline-comparison';
import { baselineBlocks } from './configuration-baseline.blocks';
import {
  SupersedeBaseline,
  TakeBaseline,
  WithdrawBaseline,
} from './configuration-baseline.commands';
import type { BaselineEventTable } from './configuration-baseline.events';
import { initialBaseline, type BaselineState } from './configuration-baseline.state';

const emit = emitterOf<BaselineEventTable>();

/** The questions that the lifecycle of the baseline asks, by name. */
export const baselineGuards: Readonly<Record<string, Guard<BaselineState>>> = {
  hasKnownItems: defineGuard<BaselineState, TakeBaseline>({
    unless: 'every configuration item is there',
    check: (_, { configurationItems }, { related }) => {
      const absent = configurationItems.filter((item) => !related.has(ticketKey(addressOf(item))));
      return (
        absent.length === 0 ||
        refuse(
          'related-missing',
          `there is no configuration item ${absent.join(', ')}; name one that is there`,
          {
            references: absent,
          },
        )
      );
    },
  }),
  hasSuccessor: defineGuard<BaselineState, SupersedeBaseline>({
    unless: 'the successor is another baseline that is current',
    check: (state, { by }, { tickets }) => {
      const successor = tickets.get(by)?.state;
      if (successor === undefined) {
        return refuse('related-missing', `there is no baseline ${by}; name one that is there`, {
          reference: by,
        });
      }
      if (successor.id === state.id) {
        return refuse('self-reference', 'a baseline does not take its own place');
      }
      return (
        successor.state === 'current' ||
        refuse('successor-over', `${by} is ${String(successor.state)}; name a current baseline`)
      );
    },
  }),
};

const commands = {
  TakeBaseline: defineCommand<BaselineState, TakeBaseline>({
    type: TakeBaseline,
    summary: 'Record how each of these configuration items is now, by revision and digest.',
    route: null,
    permission: 'configuration-baseline:take',
    emits: ['BaselineTaken'],
    example: {
      name: 'Mail before the upgrade',
      configurationItems: ['CI-000042', 'CI-000043'],
      change: 'CHG-000017',
    },
    needs: ({ configurationItems }) => ({ related: configurationItems.map(addressOf) }),
    decide: (command, _, { number, actor, related }) => {
      // Two names may lead to one item.
      const items = new Map<string, RelatedTicket>();
      for (const name of command.configurationItems) {
        const item = related.get(ticketKey(addressOf(name)));
        if (item !== undefined) items.set(item.id, item);
      }
      return [
        emit('BaselineTaken', {
          number,
          name: command.name,
          scope: command.scope ?? null,
          purpose: command.purpose ?? null,
          change: command.change ?? null,
          items: [...items.values()].map(({ id, revision = 0n, state }) => ({
            ...baselineItemOf(id, revision, state),
          })),
          openedBy: actor,
        }),
      ];
    },
  }),
  SupersedeBaseline: defineCommand<BaselineState, SupersedeBaseline>({
    type: SupersedeBaseline,
    summary: 'Have a later baseline take its place.',
    route: 'supersede',
    permission: 'configuration-baseline:supersede',
    emits: ['BaselineSuperseded'],
    example: { by: 'BL-000043' },
    needs: ({ by }) => ({ tickets: [by] }),
    decide: ({ by }, _, { tickets }) => {
      const successor = tickets.get(by);
      const byNumber = successor?.state.number ?? by;
      return [emit('BaselineSuperseded', { by: successor?.id ?? by, byNumber })];
    },
  }),
  WithdrawBaseline: defineCommand<BaselineState, WithdrawBaseline>({
    type: WithdrawBaseline,
    summary: 'Say that the baseline is not to be used.',
    route: 'withdraw',
    permission: 'configuration-baseline:withdraw',
    emits: ['BaselineWithdrawn'],
    example: { reason: 'Taken during the upgrade, so neither before nor after.' },
    decide: ({ reason }) => [emit('BaselineWithdrawn', { reason })],
  }),
} satisfies Readonly<Record<string, CommandDefinition<BaselineState>>>;

/** The state of a baseline before anything happened, and how commands change it. Pure. */
export const baselineDecider = {
  initial: { ...initialBaseline, ...baselineBlocks.initial } satisfies BaselineState,
  commands,
} as const;

function addressOf(ticket: string): TicketAddress {
  return { process: 'configuration-item', ticket };
}
