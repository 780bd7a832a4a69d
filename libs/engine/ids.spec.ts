import { createUuid7, isUuid, isUuid7, newUuid7, sha256, uuid5 } from './ids';

const DNS_NAMESPACE = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const noRandomness = (bytes: Uint8Array): void => {
  bytes.fill(0);
};

describe('newUuid7', () => {
  it('makes UUIDs of version 7 that grow with each call and never repeat', () => {
    const ids = Array.from({ length: 20_000 }, () => newUuid7());
    expect(ids.every(isUuid7)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('grows also when the clock stands still, goes back, or a millisecond is used up', () => {
    const times = [5, 5, 4, 3, 5, 6];
    let calls = 0;
    const next = createUuid7(() => times[calls++] ?? 6, noRandomness);
    const ids = Array.from({ length: 10_000 }, () => next());
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('begins with the milliseconds since 1970', () => {
    const id = createUuid7(() => 0x017f22e279b0, noRandomness)();
    expect(id).toBe('017f22e2-79b0-7000-8000-000000000000');
  });
});

describe('uuid5', () => {
  it('agrees with the example of RFC 9562', () => {
    expect(uuid5('www.example.com', DNS_NAMESPACE)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('gives the same id for the same name, another for another, whatever the script', () => {
    expect(uuid5('Störung 7 ☃')).toBe(uuid5('Störung 7 ☃'));
    expect(uuid5('Störung 7 ☃')).not.toBe(uuid5('Störung 8 ☃'));
    expect(isUuid(uuid5('Störung 7 ☃'))).toBe(true);
  });
});

describe('isUuid', () => {
  it.each([
    ['01900000-0000-7000-8000-000000000001', true],
    ['01900000-0000-7000-8000-00000000000G', false],
    ['01900000-0000-7000-8000-00000000ABCD', false],
    ['INC-000001', false],
    [' 01900000-0000-7000-8000-000000000001', false],
    ['', false],
  ])('of %j is %s', (text, expected) => {
    expect(isUuid(text)).toBe(expected);
  });
});

describe('sha256', () => {
  it('is that of the UTF-8 text in lower-case hexadecimal', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256('ü')).toBe('607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f');
  });
});
