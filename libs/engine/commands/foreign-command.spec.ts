import { CounterDesk, errorOf, Follow, openTestEngine } from '../testing';

// Goal: a command is known by the name of its class. Method: a class of our own that has nothing
// but the name, as a process makes it whose companion goes to a process that it does not import.

const foreign = (fields: object): object => {
  const type = class {};
  Object.defineProperty(type, 'name', { value: Follow.name });
  return Object.assign(new type(), fields);
};

describe('a command in a class that has only its name', () => {
  it('is taken for the command of that name', async () => {
    const desk = new CounterDesk(await openTestEngine());
    const [follower, followed] = [await desk.open(), await desk.open()];

    const { events } = await desk.send(foreign({ counter: followed.id }), { ticket: follower.id });

    expect(events.map(({ type }) => type)).toEqual(['CounterFollowed']);
  });

  it('is checked by the rules of the command of that name', async () => {
    const desk = new CounterDesk(await openTestEngine());
    const { id } = await desk.open();

    const error = await errorOf(desk.send(foreign({ counter: 7, colour: 'red' }), { ticket: id }));

    expect(error.code).toBe('invalid.command');
    expect(error.details['errors']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ field: 'colour' }),
        expect.objectContaining({ field: 'counter' }),
      ]),
    );
  });
});
