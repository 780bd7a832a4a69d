import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { ApiClient } from './api-client';
import { authorise, carryOut, registerGateway, scheduleOther } from './change-scenes';
import { startDemoEngine, type DemoEngine } from './demo-engine';
import { repairBeforeApproval } from './emergency-scene';
import { monthOfIncidents } from './month';
import { Narrator } from './narrator';
import {
  beginFix,
  expectResolution,
  reportUntilProblem,
  understandProblem,
  type KnownProblem,
} from './problem-scenes';
import { Story } from './story';
import { Tampering } from './tampering';
import { showAsOf, showBoard, showKeyFigures, showTimeline, showWhy } from './views';
import { World } from './world';

const SEED = 20_261_001;
const MONTH_START = new Date('2026-10-01T00:00:00.000Z');
const MONTH_END = '2026-10-31T00:00:00.000Z';
const INCIDENTS = 150;
const INCIDENTS_AT_ONCE = 32;
const CLI = resolve(__dirname, '../cli/main.js');

async function main(narrator: Narrator): Promise<void> {
  const keep = process.argv.includes('--keep');
  narrator.heading('Start the engine on a fresh embedded store');
  const engine = await startDemoEngine(MONTH_START);
  try {
    const events = join(engine.directory, 'events.sqlite');
    narrator.line(`   listening at ${engine.url}, events in ${events}`);
    narrator.line('   Its clock is at 1 October 2026 and moves as the story does.');
    await demonstrate(narrator, engine);
    if (keep) await keepServing(narrator, engine);
  } finally {
    await engine.stop();
  }
  const hint = ' Run it with `npm run demo -- --keep` to look around in the API yourself.';
  narrator.line(`\nDone.${keep ? '' : hint}`);
}

async function demonstrate(narrator: Narrator, engine: DemoEngine): Promise<void> {
  const client = new ApiClient(engine.url, INCIDENTS_AT_ONCE);
  try {
    const steps = monthOfIncidents(SEED, MONTH_START, INCIDENTS);
    const story = new Story(client, steps, INCIDENTS_AT_ONCE);
    const world = new World(engine, client, story, narrator);
    const problem = await liveTheMonth(world, story, narrator);
    await explain(narrator, client, engine, problem);
    await lookBack(narrator, client, engine, story);
    await world.expectHealth();
  } finally {
    client.close();
  }
  proveIntegrity(narrator, engine.directory);
}

/** The month at the desk, and in its midst a problem on its way to a change and back. */
async function liveTheMonth(world: World, story: Story, narrator: Narrator): Promise<KnownProblem> {
  const started = performance.now();
  narrator.heading('A pattern in the everyday: the month begins, incident by incident');
  const gateway = await registerGateway(world);
  const raised = await reportUntilProblem(world, gateway);
  narrator.heading('The problem is understood, its known error told to open incidents');
  const problem = await understandProblem(world, gateway, raised);
  narrator.heading('The change: a conflict found, moved, through the board');
  const other = await scheduleOther(world, gateway);
  const change = await beginFix(world, problem);
  await authorise(world, change, other);
  narrator.heading('The change is carried out, and its success flows back to every incident');
  await carryOut(world, change, gateway);
  await expectResolution(world, problem);
  narrator.heading('An emergency: repaired at night, approved in the morning');
  await repairBeforeApproval(world);
  narrator.heading('The rest of the month');
  await world.at(MONTH_END);
  await expectClosed(world, problem);
  const { incidents, commands } = story.told;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  narrator.line(
    `   Beside the story, ${incidents} incidents with ${commands} commands over HTTP, each`,
  );
  narrator.line(
    `   answered only when its events were on disk. The whole month took ${seconds} s.`,
  );
  narrator.line(`   (Seed ${SEED}: the same month each time.)`);
  return problem;
}

/** Seven days after their resolution, nobody having objected, the incidents were closed. */
async function expectClosed(world: World, { incidents }: KnownProblem): Promise<void> {
  for (const { id } of incidents) await world.expect(`incidents/${id}`, { state: 'closed' });
  world.say(`the ${incidents.length} incidents of the gateway are closed`);
  world.flow('incident-auto-close', 'by their timers, seven days after they were resolved');
}

/** Why was each incident closed? Because somebody called for the sixth time. */
async function explain(
  narrator: Narrator,
  client: ApiClient,
  engine: DemoEngine,
  { sixth, number }: KnownProblem,
): Promise<void> {
  narrator.heading(`Why? All that came of the sixth report, ${sixth.number}`);
  const asked = {
    number: sixth.number,
    event: sixth.registered,
    position: await engine.head(),
  };
  const musts = ['CabMeetingItemDecided', 'CIAttributeChanged', 'IncidentClosed x7'];
  await showWhy(narrator, client, asked, `ProblemResolved  ${number}`, ...musts);
}

async function lookBack(
  narrator: Narrator,
  client: ApiClient,
  engine: DemoEngine,
  story: Story,
): Promise<void> {
  const { richest } = story.told;
  const position = await engine.head();
  narrator.heading(`The life of ${richest}`);
  const middle = await showTimeline(narrator, client, richest);
  narrator.heading(`${richest} as it was on ${middle}`);
  await showAsOf(narrator, client, richest, middle);
  narrator.heading('The board');
  await showBoard(narrator, client, position);
  narrator.heading('Key figures of the month');
  await showKeyFigures(narrator, client, position, '2026-10-01', '2026-10-30');
}

function proveIntegrity(narrator: Narrator, directory: string): void {
  narrator.heading('Is the history unaltered? `npx ledgerdesk verify`');
  runCli(narrator, directory, 0);
  const tampering = new Tampering(directory);
  try {
    const altered = tampering.alterOneByte();
    narrator.heading("Somebody alters one byte of one event behind the engine's back");
    narrator.line(`   at position ${altered.position}: ${altered.before} -> ${altered.after}`);
    narrator.line();
    runCli(narrator, directory, 1);
    tampering.restore(altered);
  } finally {
    tampering.close();
  }
  narrator.heading('The byte is restored');
  runCli(narrator, directory, 0);
}

/**
 * Runs `ledgerdesk verify` as an auditor would: a process of its own, beside the running engine.
 */
function runCli(narrator: Narrator, directory: string, expectedExit: number): void {
  const run = spawnSync(process.execPath, [CLI, 'verify', '--data', directory], {
    encoding: 'utf8',
  });
  for (const line of `${run.stdout}${run.stderr}`.trimEnd().split('\n')) {
    narrator.line(`   ${line}`);
  }
  if (run.status !== expectedExit) {
    throw new Error(`ledgerdesk verify exited with ${String(run.status)}, not ${expectedExit}`);
  }
}

async function keepServing(narrator: Narrator, engine: DemoEngine): Promise<void> {
  engine.clock.release();
  narrator.line(`\nThe engine stays up at ${engine.url} (API description at ${engine.url}/docs).`);
  narrator.line('Press Ctrl+C to stop it and remove its files.');
  await new Promise<void>((resolveStop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolveStop());
  });
}

const narrator = new Narrator((text) => process.stdout.write(text));
main(narrator).catch((error: unknown) => {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`\nThe demonstration failed at ${narrator.place}:\n${reason}\n`);
  process.exitCode = 1;
});
