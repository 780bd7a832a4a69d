import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** Commands, the log and the read models have a thread each; helpers of V8 would come on top. */
const CORES_FOR_HELPERS = 4;

/**
 * Has each thread collect its own young garbage where there are no cores to spare: several helpers
 * that share a small heap wait for each other more than they collect. Holds for the whole process,
 * so only its entry point calls it. Semantics are the same either way.
 */
export function collectGarbageSparingly(cores = availableParallelism()): void {
  if (cores <= CORES_FOR_HELPERS) setFlagsFromString('--no-parallel-scavenge');
}
