import { TimeLimit } from './time-limit';

// Goal: work that hangs ends when its time is over, not before, and holds no process alive. Method:
// simulated time.

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const never = new Promise<never>(() => undefined);
const late = (): Error => new Error('late');

/** What became of it by now. */
async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  const open = Promise.resolve('open');
  return Promise.race([work.catch((error: unknown) => String(error)), open.then(() => open)]);
}

it('gives what the work gives in time', async () => {
  const limit = new TimeLimit(100);
  await expect(limit.within(Promise.resolve(1), late)).resolves.toBe(1);
  const failure = new Error('of the work');
  await expect(limit.within(Promise.reject(failure), late)).rejects.toBe(failure);
});

it('ends each piece of work when its own time is over', async () => {
  const limit = new TimeLimit(100);
  const first = limit.within(never, late);
  jest.advanceTimersByTime(60);
  const second = limit.within(never, late);
  jest.advanceTimersByTime(39);
  expect(await outcomeOf(first)).toBe('open');
  jest.advanceTimersByTime(2);
  expect(await outcomeOf(first)).toBe('Error: late');
  expect(await outcomeOf(second)).toBe('open');
  jest.advanceTimersByTime(60);
  expect(await outcomeOf(second)).toBe('Error: late');
  expect(jest.getTimerCount()).toBe(0);
});

it('gives work that begins while the timer runs for others its whole time', async () => {
  const limit = new TimeLimit(100);
  await limit.within(Promise.resolve(1), late);
  jest.advanceTimersByTime(70);
  const next = limit.within(never, late);
  jest.advanceTimersByTime(99);
  expect(await outcomeOf(next)).toBe('open');
  jest.advanceTimersByTime(2);
  expect(await outcomeOf(next)).toBe('Error: late');
});

it('passes over what late work gives', async () => {
  const limit = new TimeLimit(100);
  let fail: (error: Error) => void = () => undefined;
  const work = new Promise<never>((_, reject) => (fail = reject));
  const limited = limit.within(work, late);
  jest.advanceTimersByTime(100);
  fail(new Error('much later'));
  await expect(limited).rejects.toThrow('late');
});
