import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiClient } from './api-client';
import { monthOfIncidents, type Step } from './month';
import { Narrator } from './narrator';
import { startEngineProcess, type EngineProcess } from './engine-process';
import { tell, type StoryEnd } from './story';
import { Tampering } from './tampering';
import { showAsOf, showBoard, showKeyFigures, showTimeline } from './views';

const SEED = 20_261_001;
const MONTH_START = new Date('2026-10-01T00:00:00.000Z');
const INCIDENTS = 400;
const INCIDENTS_AT_ONCE = 32;
const CLI = resolve(__dirname, '../cli/main.js');

async function main(): Promise<void> {
  const keep = process.argv.includes('--keep');
  const narrator = new Narrator((text) => process.stdout.write(text));
  const directory = mkdtempSync(join(tmpdir(), 'ledgerdesk-demo-'));
  let engine: EngineProcess | undefined;
  try {
    narrator.heading('Start the engine on a fresh embedded store');
    engine = await startEngineProcess(directory);
    narrator.line(`   listening at ${engine.url}, events in ${join(directory, 'events.sqlite')}`);
    await demonstrate(narrator, engine.url, directory);
    if (keep) await keepServing(narrator, engine);
  } finally {
    await engine?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  narrator.line('\nDone. Run it with `npm run demo -- --keep` to look around in the API yourself.');
}

async function demonstrate(narrator: Narrator, url: string, directory: string): Promise<void> {
  const client = new ApiClient(url, INCIDENTS_AT_ONCE);
  try {
    const story = await liveAMonth(narrator, client);
    const number = richestLife(story);
    narrator.heading(`The life of ${number}`);
    const middle = await showTimeline(narrator, client, number);
    narrator.heading(`${number} as it was on ${middle}`);
    await showAsOf(narrator, client, number, middle);
    narrator.heading('The board');
    await showBoard(narrator, client, story.position);
    narrator.heading('Key figures of the month');
    await showKeyFigures(narrator, client, story.position, '2026-10-01', '2026-10-30');
  } finally {
    client.close();
  }
  proveIntegrity(narrator, directory);
}

async function liveAMonth(narrator: Narrator, client: ApiClient): Promise<StoryEnd> {
  narrator.heading('A month at the service desk, over the HTTP API');
  const steps = monthOfIncidents(SEED, MONTH_START, INCIDENTS);
  const started = performance.now();
  const story = await tell(client, steps, INCIDENTS_AT_ONCE);
  const seconds = (performance.now() - started) / 1000;
  narrator.line(`   ${story.numbers.length} incidents, ${story.commands} commands, each answered`);
  narrator.line(`   only when its events were on disk: ${seconds.toFixed(1)} s, newest event at`);
  narrator.line(`   log position ${story.position}. (Seed ${SEED}: the same month each time.)`);
  return story;
}

/** The incident with the most to tell: the most steps, a reopened one before others. */
function richestLife(story: StoryEnd): string {
  const interest = (steps: readonly Step[]): number =>
    steps.length + (steps.some(({ route }) => route === 'reopen') ? 100 : 0);
  const [incident] = [...story.stepsOf].reduce((best, life) =>
    interest(life[1]) > interest(best[1]) ? life : best,
  );
  return story.numbers[incident] ?? '';
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

async function keepServing(narrator: Narrator, engine: EngineProcess): Promise<void> {
  narrator.line(`\nThe engine stays up at ${engine.url} (API description at ${engine.url}/docs).`);
  narrator.line('Press Ctrl+C to stop it and remove its files.');
  await new Promise<void>((resolveStop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolveStop());
  });
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
