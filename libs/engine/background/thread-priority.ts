import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Nice value of the background thread: commands go first, and where the machine is busy with
 * something else it still gets its share, a thirtieth of a processor at the least. With 10,
 * commands over HTTP are a tenth slower; 19 gains nothing more.
 */
const NICENESS = 15;

/**
 * Has the system prefer other threads to the calling one. Linux counts priorities by thread and
 * names the calling one under /proc; elsewhere nothing changes, and read models fall behind less
 * while commands take longer.
 */
export function yieldToOtherThreads(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), NICENESS);
  } catch {
    // No such file, or no right to change it: an optimisation less.
  }
}
