import 'reflect-metadata';
import { validateSync } from 'class-validator';
import { CallBack, Contact, Recursive } from '../testing/call-back.command';
import { commandBuilderFor } from './command-body';

describe('a command made from a body', () => {
  const build = commandBuilderFor(CallBack);

  it('is an instance of its class, and so is each nested object', () => {
    const command = build({ reason: 'x', contact: { name: 'a' }, others: [{ name: 'b' }] });
    expect(command).toBeInstanceOf(CallBack);
    expect(command).toMatchObject({
      contact: expect.any(Contact),
      others: [expect.any(Contact)],
    });
    expect(validateSync(command)).toEqual([]);
  });

  it('keeps what is wrong for the validator to name', () => {
    const command = build({ contact: 'nobody', others: [7], colour: 'red' });
    expect(command).toEqual({ contact: 'nobody', others: [7], colour: 'red' });
  });

  it('may be empty', () => {
    expect(build(undefined)).toEqual(new CallBack());
  });

  it.each([[null], [[]], ['text'], [7]])('cannot be made from %j', (body) => {
    expect(() => build(body)).toThrow(expect.objectContaining({ code: 'malformed.body' }));
  });

  it('cannot be of a class that contains itself', () => {
    expect(() => commandBuilderFor(Recursive)).toThrow(
      expect.objectContaining({ code: 'defect.recursive-command' }),
    );
  });
});
