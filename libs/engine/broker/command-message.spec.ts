import { commandMessageOf, messageOfFlowCommand } from './command-message';

const read = (event: unknown): ReturnType<typeof commandMessageOf> =>
  commandMessageOf({ value: Buffer.from(JSON.stringify(event)) });

const least = { specversion: '1.0', id: 'c-1', source: 'urn:x', type: 'Add', actor: 'ada' };

describe('commandMessageOf', () => {
  it('needs no more than an id, a command and an actor', () => {
    expect(read(least)).toEqual({
      commandId: 'c-1',
      command: 'Add',
      ticket: null,
      body: {},
      actor: 'ada',
      onBehalfOf: null,
      causationId: null,
    });
  });

  it('reads what a flow sends', () => {
    const request = {
      id: 'c-2',
      process: 'counter',
      ticket: 't-1',
      command: 'Add',
      body: { by: 1 },
      tenant: 'größe',
      actor: 'flow:sample',
      origin: { kind: 'flow', id: 'sample', version: '2' },
      correlationId: 'corr',
      causationId: 'cause',
    } as const;
    const { topic, key, value } = messageOfFlowCommand(request);
    expect([topic, key]).toEqual(['ledgerdesk.commands.counter', 't-1']);
    const { id, process: _, ...same } = request;
    expect(commandMessageOf({ value: Buffer.from(value) })).toEqual({
      ...same,
      commandId: id,
      onBehalfOf: null,
    });
  });

  it('keys a command without a ticket by its own id', () => {
    const request = { id: 'c-3', process: 'counter', ticket: null, command: 'Open', body: {} };
    const sender = { tenant: 'acme', actor: 'a', correlationId: 'c', causationId: null };
    const origin = { kind: 'flow', id: 'sample', version: '2' } as const;
    const message = messageOfFlowCommand({ ...request, ...sender, origin });
    expect(message.key).toBe('c-3');
    expect(JSON.parse(String(message.value))).not.toHaveProperty('subject');
  });

  it.each<[string, unknown]>([
    ['the message', 'text'],
    ['the message', []],
    ['specversion', { ...least, specversion: '0.3' }],
    ['id', { ...least, id: undefined }],
    ['id', { ...least, id: '' }],
    ['type', { ...least, type: 1 }],
    ['actor', { ...least, actor: null }],
    ['subject', { ...least, subject: {} }],
    ['data', { ...least, data: [] }],
    ['data', { ...least, data: 'text' }],
    ['time', { ...least, time: 5 }],
    ['originkind', { ...least, originkind: 'magic' }],
    ['originid', { ...least, originkind: 'flow' }],
  ])('names %s where it is wrong', (attribute, event) => {
    const code = 'malformed.command-message';
    expect(() => read(event)).toThrow(
      expect.objectContaining({ code, details: { attribute } }) as Error,
    );
  });

  it('refuses what is no JSON', () => {
    expect(() => commandMessageOf({ value: Buffer.from([255, 0]) })).toThrow(/no JSON/);
  });
});
