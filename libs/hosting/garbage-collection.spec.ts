import { setFlagsFromString } from 'node:v8';
import { collectGarbageSparingly } from './garbage-collection';

jest.mock('node:v8', () => ({ setFlagsFromString: jest.fn() }));

describe('collecting garbage', () => {
  const setFlags = jest.mocked(setFlagsFromString);

  beforeEach(() => setFlags.mockClear());

  it.each([1, 2, 4])('is left to each thread itself on %d cores', (cores) => {
    collectGarbageSparingly(cores);
    expect(setFlags).toHaveBeenCalledWith('--no-parallel-scavenge');
  });

  it('has helpers where there are more cores than threads at work', () => {
    collectGarbageSparingly(5);
    expect(setFlags).not.toHaveBeenCalled();
  });
});
