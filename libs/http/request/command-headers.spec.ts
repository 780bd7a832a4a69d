import { commandHeadersOf, expectedRevisionOf, matchesNone } from './command-headers';

const malformed = (header: string): Error =>
  expect.objectContaining({ code: 'malformed.header', details: { header } }) as Error;

describe('the headers of a command', () => {
  it('say who, for whom, which one and why', () => {
    expect(
      commandHeadersOf({
        'x-actor': 'Jane Doe',
        'x-on-behalf-of': 'bob',
        'idempotency-key': 'k-1',
        'if-match': '"12"',
        'x-correlation-id': 'c-1',
        'x-causation-id': 'e-1',
        'x-occurred-at': '2026-03-01T09:30:00Z',
      }),
    ).toEqual({
      actor: 'Jane Doe',
      onBehalfOf: 'bob',
      idempotencyKey: 'k-1',
      expectedRevision: 12n,
      correlationId: 'c-1',
      causationId: 'e-1',
      occurredAt: '2026-03-01T09:30:00Z',
    });
  });

  it('may leave out everything but the actor', () => {
    expect(commandHeadersOf({ 'x-actor': 'a' })).toEqual({ actor: 'a', onBehalfOf: null });
  });

  it.each([[{}], [{ 'x-actor': '' }]])('are refused without an actor: %j', (headers) => {
    expect(() => commandHeadersOf(headers)).toThrow(
      expect.objectContaining({ code: 'denied.actor-missing' }),
    );
  });

  it.each([
    ['x-actor', ' a'],
    ['x-actor', 'x'.repeat(201)],
    ['x-actor', 'a\u007f'],
    ['x-on-behalf-of', ''],
    ['idempotency-key', ''],
    ['idempotency-key', 'a b'],
    ['idempotency-key', 'x'.repeat(201)],
    ['x-correlation-id', '\u00e9'],
    ['x-causation-id', 'a\tb'],
  ])('are refused when malformed: %s: %j', (name, value) => {
    expect(() => commandHeadersOf({ 'x-actor': 'a', [name]: value })).toThrow(malformed(name));
  });
});

describe('If-Match', () => {
  it('pins one revision, and none when it is a star', () => {
    expect(expectedRevisionOf('"0"')).toBe(0n);
    expect(expectedRevisionOf('*')).toBeUndefined();
    expect(expectedRevisionOf(undefined)).toBeUndefined();
  });

  it.each(['', '0', '"01"', '"-1"', 'W/"0"', '"0", "1"', '"1e3"', `"${'9'.repeat(19)}"`])(
    'is refused when it is no strong tag of a revision: %s',
    (tag) => {
      expect(() => expectedRevisionOf(tag)).toThrow(malformed('If-Match'));
    },
  );
});

describe('If-None-Match', () => {
  it.each(['"4"', 'W/"4"', '*', '"3", "4"', '"3",W/"4"'])('matches by %s', (header) => {
    expect(matchesNone(header, '"4"')).toBe(true);
  });

  it.each([undefined, '', '"3"', '4', '"44"'])('does not match by %s', (header) => {
    expect(matchesNone(header, '"4"')).toBe(false);
  });
});
