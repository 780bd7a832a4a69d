import { IsString } from 'class-validator';
import {
  defineEvents,
  defineLifecycle,
  refuse,
  ticketKey,
  type ProcessDefinition,
  type ProcessState,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { CountFollower, counterProcess, errorOf, OpenCounter, openTestEngine } from '../testing';
import type { CommandOutcome } from '../command-request';
import type { Engine } from '../engine';
import type { CounterState } from '../testing';

class OpenReceipt {
  @IsString()
  counter!: string;
}

const events = defineEvents({
  ReceiptOpened: { version: 1, summary: 'A receipt was opened.', fields: { number: 'text' } },
});

/** A process whose tickets are about those of another one. */
const receiptProcess: ProcessDefinition = {
  name: 'receipt',
  plural: 'receipts',
  title: 'Receipt',
  numberPrefix: 'RCT',
  summary: 'A receipt about a counter.',
  lifecycle: defineLifecycle({
    states: { open: { title: 'Open', category: 'open', final: true } },
    transitions: { OpenReceipt: { from: [null], to: ['open'] } },
  }),
  guards: {},
  commands: {
    OpenReceipt: {
      type: OpenReceipt,
      summary: 'Open a receipt about a counter.',
      route: null,
      permission: 'receipt:open',
      emits: ['ReceiptOpened'],
      example: { counter: 'CNT-000001' },
      needs: (command) => ({ related: [counterOf(command)] }),
      companions: (command) => [{ ...counterOf(command), command: counted() }],
      decide: (command: OpenReceipt, _state, { number, related }) => {
        const counter = related.get(ticketKey({ process: 'counter', ticket: command.counter }));
        return counter === undefined
          ? refuse('counter-missing', 'there is no such counter; name one that is there')
          : [{ type: 'ReceiptOpened', data: { number } }];
      },
    },
  },
  events,
  initial: { state: null },
  evolve: opened,
  evolveFacts: opened,
  listing: { version: 1, collection: { fields: {} }, summarise: () => ({}) },
  policies: {},
};

function counterOf(command: object): { process: string; ticket: string } {
  return { process: 'counter', ticket: (command as OpenReceipt).counter };
}

function counted(): CountFollower {
  return Object.assign(new CountFollower(), { follower: 'the receipt' });
}

function opened(_state: ProcessState, event: RecordedEvent): ProcessState & { number: unknown } {
  return { state: 'open', number: event.data['number'] };
}

function send(
  engine: Engine,
  process: string,
  command: object,
  commandId: string,
): Promise<CommandOutcome> {
  return engine.commands.execute({
    process,
    command,
    commandId,
    tenant: 'default',
    actor: 'ada',
    onBehalfOf: null,
    origin: { kind: 'api', id: 'test', version: '1' },
  });
}

describe('a command about a ticket of another process', () => {
  it('sees that ticket, and sends its companion there', async () => {
    const engine = await openTestEngine({ processes: [counterProcess, receiptProcess] });
    const open = Object.assign(new OpenCounter(), { title: 'Visitors' });
    const counter = await send(engine, 'counter', open, 'c-1');
    const receipt = Object.assign(new OpenReceipt(), { counter: counter.id });
    const { number } = await send(engine, 'receipt', receipt, 'r-1');
    expect(number).toBe('RCT-000001');
    const { state } = await engine.tickets.load('counter', counter.id);
    expect((state as CounterState).followers).toHaveLength(1);
    await engine.close();
  });

  it('is told when that ticket is not there', async () => {
    const engine = await openTestEngine({ processes: [counterProcess, receiptProcess] });
    const missing = Object.assign(new OpenReceipt(), {
      counter: '01a1fd88-ccb8-77d6-b495-835af20ced54',
    });
    const error = await errorOf(send(engine, 'receipt', missing, 'r-1'));
    expect(error.code).toBe('refused.counter-missing');
    await engine.close();
  });
});
