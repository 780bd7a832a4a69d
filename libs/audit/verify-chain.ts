import type { StoredEvent } from '@ledgerdesk/event-store';
import { GENESIS_HASH, type SealedEvent } from '@ledgerdesk/kernel';
import { faultOf, type Fault } from './verify-event';

interface StreamEnd {
  readonly revision: bigint;
  readonly hash: string;
}

/**
 * The end of each stream as far as it has been read, and what the next event must look like. About
 * 350 bytes for each stream.
 */
export class StreamChains {
  private readonly ends = new Map<string, StreamEnd>();

  get streams(): number {
    return this.ends.size;
  }

  endOf(stream: string): StreamEnd | undefined {
    return this.ends.get(stream);
  }

  /** Links the event to the one before it in its stream. `sealed` is null where it says nothing. */
  link(event: StoredEvent, sealed: SealedEvent | null): readonly Fault[] {
    const end = this.ends.get(event.stream);
    const faults: Fault[] = [];
    const expected = end === undefined ? 0n : end.revision + 1n;
    if (event.revision !== expected) {
      faults.push(
        faultOf(
          'revision-gap',
          event,
          `revision ${expected} should stand here; events are missing`,
        ),
      );
    } else if (sealed !== null && sealed.previousHash !== (end?.hash ?? GENESIS_HASH)) {
      faults.push(faultOf('chain-broken', event, brokenMessage(event)));
    }
    this.ends.set(event.stream, { revision: event.revision, hash: event.hash });
    return faults;
  }
}

function brokenMessage({ revision }: StoredEvent): string {
  return revision === 0n
    ? 'the first event of the stream does not start a chain; events before it are missing'
    : `previousHash is not the hash of revision ${revision - 1n}: one of the two was altered`;
}
