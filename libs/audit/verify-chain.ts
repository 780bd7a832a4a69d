import type { StoredEvent } from '@ledgerdesk/event-store';
import { GENESIS_HASH, type SealedEvent } from '@ledgerdesk/kernel';
import { StreamEnds } from './stream-ends';
import { faultOf, type Fault } from './verify-event';

/**
 * The end of each stream as far as it has been read, and what the next event must look like. 75 to
 * 150 bytes for each stream, see {@link StreamEnds}.
 */
export class StreamChains {
  private readonly ends = new StreamEnds();

  get streams(): number {
    return this.ends.size;
  }

  /** Of the last event that was read; undefined for a stream that is not there. */
  revisionOf(stream: string): bigint | undefined {
    return this.ends.revisionOf(stream);
  }

  /** Links the event to the one before it in its stream. `sealed` is null where it says nothing. */
  link(event: StoredEvent, sealed: SealedEvent | null): readonly Fault[] {
    const last = this.ends.revisionOf(event.stream);
    const faults: Fault[] = [];
    const expected = last === undefined ? 0n : last + 1n;
    if (event.revision !== expected) {
      faults.push(
        faultOf(
          'revision-gap',
          event,
          `revision ${expected} should stand here; events are missing`,
        ),
      );
    } else if (sealed !== null && !this.isBehind(event.stream, last, sealed)) {
      faults.push(faultOf('chain-broken', event, brokenMessage(event)));
    }
    this.ends.set(event.stream, event.revision, event.hash);
    return faults;
  }

  private isBehind(stream: string, last: bigint | undefined, sealed: SealedEvent): boolean {
    return last === undefined
      ? sealed.previousHash === GENESIS_HASH
      : this.ends.endsWith(stream, sealed.previousHash);
  }
}

function brokenMessage({ revision }: StoredEvent): string {
  return revision === 0n
    ? 'the first event of the stream does not start a chain; events before it are missing'
    : `previousHash is not the hash of revision ${revision - 1n}: one of the two was altered`;
}
