import { createHash } from 'node:crypto';
import vectors from '../../test/fixtures/hash-vectors.json';
import { GENESIS_HASH, parseSealedEvent, sealEvent, type SealedEvent } from './event';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const chain = vectors.chain as unknown as readonly {
  readonly event: SealedEvent;
  readonly canonical: string;
  readonly hash: string;
}[];

function firstEvent(): SealedEvent {
  const [first] = chain;
  if (first === undefined) throw new Error('the vectors hold no event');
  return first.event;
}

describe('sealEvent', () => {
  it.each(chain.map((vector, index) => [index, vector] as const))(
    'agrees with the published vector %d on body and hash',
    (_index, { event, canonical, hash }) => {
      expect(sealEvent(event, sha256)).toEqual({
        id: event.id,
        type: event.type,
        body: canonical,
        hash,
      });
    },
  );

  it('chains the vectors: each names the hash of the one before it', () => {
    expect(chain.map(({ event }) => event.previousHash)).toEqual([
      GENESIS_HASH,
      ...chain.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  it.each(Object.keys(firstEvent()))('covers %s with the hash', (field) => {
    const event = firstEvent();
    const altered = { ...event, [field]: field === 'data' ? { title: 'other' } : 'altered' };
    expect(sealEvent(altered, sha256).hash).not.toBe(sealEvent(event, sha256).hash);
  });

  it('covers no more than the event: what a store adds changes nothing', () => {
    const event = firstEvent();
    const recorded = { ...event, position: 7, hash: 'x' };
    expect(sealEvent(recorded, sha256)).toEqual(sealEvent(event, sha256));
  });
});

describe('parseSealedEvent', () => {
  it('gives back what was sealed', () => {
    const event = firstEvent();
    expect(parseSealedEvent(sealEvent(event, sha256))).toEqual(event);
  });

  it('names the event whose body is no JSON', () => {
    expect(() => parseSealedEvent({ id: 'event-1', body: '{"id":' })).toThrow(
      expect.objectContaining({ code: 'corrupt.event-body', details: { eventId: 'event-1' } }),
    );
  });
});
