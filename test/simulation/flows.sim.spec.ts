import { seededRandom } from '../fault/seeded-random';
import { FaultPlan } from './fault-plan';
import { tellStory } from './flow-story';
import { FlowWorld } from './flow-world';

// Goal: whatever befalls the process that runs the flows, the end is as if nothing had. Method: the
// same seeded story is told to a desk without faults and to one with a fault between any two steps
// (killed before or after a call, answers lost, delayed or doubled, the store down); tickets, flow
// streams and instances must be the same. SIMULATION_RUNS and SIMULATION_SEED set how many and from
// where; a failing seed is named, and SIMULATION_SEED=<seed> SIMULATION_RUNS=1 tells it again.

const RUNS = Number(process.env['SIMULATION_RUNS'] ?? 200);
const FIRST_SEED = Number(process.env['SIMULATION_SEED'] ?? 1);
const FAULT_RATE = 0.08;
const FAULTS_MAX = 25;

async function endOf(seed: number, plan: FaultPlan | undefined): Promise<readonly string[]> {
  const world = await FlowWorld.open(plan);
  try {
    await tellStory(world, seededRandom(seed));
    return await world.endState();
  } finally {
    await world.close();
  }
}

describe('flows under faults', () => {
  it(
    `end as without faults, in each of ${RUNS} seeded runs`,
    async () => {
      let faults = 0;
      let commands = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
        const expected = await endOf(seed, undefined);
        const plan = new FaultPlan(seededRandom(seed * 7_919), FAULT_RATE, FAULTS_MAX);
        try {
          expect(await endOf(seed, plan)).toEqual(expected);
        } catch (error) {
          const drawn = plan.drawn.join('\n  ');
          throw new Error(`seed ${seed} fails after these faults:\n  ${drawn}`, { cause: error });
        }
        faults += plan.drawn.length;
        commands += expected.join(' ').split('FlowCommandAccepted').length - 1;
      }
      // A simulation in which nothing happens proves nothing.
      expect(faults).toBeGreaterThan(RUNS * 5);
      expect(commands).toBeGreaterThan(RUNS);
    },
    60_000 + RUNS * 10_000,
  );
});
