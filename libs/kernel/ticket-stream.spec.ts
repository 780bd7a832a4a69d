import { ticketIdOfStream, ticketStream, ticketStreamPrefix } from './ticket-stream';

const ID = '0195c1d0-0000-7000-8000-000000000001';

describe('the stream of a ticket', () => {
  it('begins with the name of its process', () => {
    expect(ticketStream('incident', ID)).toBe(`incident-${ID}`);
  });

  it('has a category of its own, also where the name of one process begins another', () => {
    expect(ticketStream('problem-task', ID)).toBe(`problemTask-${ID}`);
    expect(ticketStream('problem-task', ID).startsWith(ticketStreamPrefix('problem'))).toBe(false);
  });

  it.each(['incident', 'known-error', 'post-incident-review'])('of %s names its id', (process) => {
    expect(ticketIdOfStream(ticketStream(process, ID))).toBe(ID);
  });
});
