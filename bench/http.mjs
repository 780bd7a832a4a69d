import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commandText, load } from './http-load.mjs';

// Requests a second over HTTP of the whole engine (SQLite, every commit flushed to the disk),
// against two servers that store nothing: the same routes in Nest's own way (Fastify, the same
// command classes, the same rules in Nest's ValidationPipe), and this project's routes with nothing
// behind them. All are processes of their own and take turns, so that a slow moment of the machine
// meets each. Ratios count, not absolute numbers. The engine runs as a user gets it, with all flows
// and read models: its processor time is counted until they are level with the log again. Where
// other work shares the machine, the ratio of processor times says more than that of requests.
//
//   npm run build && node bench/http.mjs [--rounds 5] [--seconds 2] [--connections 64] [--json]

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '64' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const durationMs = Number(values.seconds) * 1000;
const connections = Number(values.connections);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const INCIDENTS = '/api/v1/incidents';
const REGISTER = commandText(INCIDENTS, {
  title: 'Mail does not send',
  description: 'Outlook keeps messages in the outbox since this morning.',
  channel: 'phone',
  caller: 'nadia.k',
  service: 'mail',
  category: 'email',
  impact: 2,
  urgency: 2,
  assignmentGroup: 'messaging',
});

// What must be there and no more: one event.
const REGISTER_PLAINLY = commandText(INCIDENTS, {
  description: 'Outlook keeps messages in the outbox since this morning.',
  channel: 'phone',
  caller: 'nadia.k',
  service: 'mail',
});

const scenarios = {
  'register, one event': (send) => send(REGISTER_PLAINLY),
  'register, four events': (send) => send(REGISTER),
  'register (four events), take, resolve, close': async (send) => {
    const { id } = await send(REGISTER);
    await send(commandText(`${INCIDENTS}/${id}/take`, {}));
    await send(
      commandText(`${INCIDENTS}/${id}/resolve`, {
        code: 'solved-permanently',
        notes: 'Restarted.',
      }),
    );
    await send(commandText(`${INCIDENTS}/${id}/close`, {}));
  },
};

async function startServer(script, environment) {
  const child = spawn(process.execPath, [join(root, script)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise((found, failed) => {
    child.stdout.on('data', (chunk) => {
      const url = /"url":"([^"]+)"/.exec(chunk.toString())?.[1];
      if (url !== undefined) found(Number(new URL(url).port));
    });
    child.once('exit', (code) => failed(new Error(`${script} ended with ${code}`)));
  });
  const stop = () => {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    return ended;
  };
  return { port, stop, pid: child.pid };
}

const TICK_US = 10_000;

// User and system time of all threads of a process, in microseconds; Linux only.
async function processorUs(pid) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

const LAG = /^ledgerdesk_(?:projection_lag_events|flow_lag_events|flow_backlog)\S* (\d+)$/gm;

// Until no read model and no flow is behind the log.
async function caughtUp({ port, isEngine }) {
  const startMs = performance.now();
  while (isEngine) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    if ([...text.matchAll(LAG)].every(([, lag]) => lag === '0')) break;
    await new Promise((resume) => setTimeout(resume, 100));
  }
  return performance.now() - startMs;
}

// One load, with what it cost: of the server until it is level again, and of this process.
async function loaded(server, scenario) {
  const { port, pid } = server;
  const serverUs = await processorUs(pid);
  const clientUs = process.cpuUsage();
  const result = await load({ port, connections, durationMs, scenario });
  const { user, system } = process.cpuUsage(clientUs);
  const catchUpMs = await caughtUp(server);
  const usedUs = (await processorUs(pid)) - serverUs + user + system;
  const requests = (result.requestsPerSecond * durationMs) / 1000;
  return { ...result, catchUpMs, cpuUs: usedUs / requests };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function measure(servers, scenario) {
  const names = Object.keys(servers);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const result = await loaded(servers[name], scenario);
      // The round before the first warms both up.
      if (round >= 0) results[name].push(result);
    }
  }
  const summary = (name) => ({
    requestsPerSecond: Math.round(median(results[name].map((r) => r.requestsPerSecond))),
    p50Ms: Number(median(results[name].map((r) => r.p50Ms)).toFixed(2)),
    p99Ms: Number(median(results[name].map((r) => r.p99Ms)).toFixed(2)),
    cpuUs: Math.round(median(results[name].map((r) => r.cpuUs))),
    catchUpMs: Math.round(median(results[name].map((r) => r.catchUpMs))),
  });
  const [engine, nest, ownRoutes] = ['engine', 'nest', 'ownRoutes'].map(summary);
  const ratioTo = (other) =>
    Number((engine.requestsPerSecond / other.requestsPerSecond).toFixed(3));
  return {
    ...{ engine, nest, ownRoutes },
    ratio: ratioTo(nest),
    ratioToOwnRoutes: ratioTo(ownRoutes),
    cpuRatio: Number((nest.cpuUs / engine.cpuUs).toFixed(3)),
  };
}

const dataDir = await mkdtemp(join(tmpdir(), 'ledgerdesk-bench-'));
const servers = {
  // However far the read models fall behind, the bench measures commands and not their refusal.
  engine: {
    isEngine: true,
    ...(await startServer('dist/apps/engine/main.js', {
      DATA_DIR: dataDir,
      PORT: '0',
      PROJECTION_LAG_MAX: '1000000000',
    })),
  },
  nest: await startServer('bench/http-nest-server.mjs', {}),
  ownRoutes: await startServer('bench/http-stub-server.mjs', {}),
};
try {
  const report = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    report[name] = await measure(servers, scenario);
    if (!values.json) {
      const { engine, nest, ownRoutes, ratio, ratioToOwnRoutes, cpuRatio } = report[name];
      const line = (of) =>
        `${of.requestsPerSecond}/s (p50 ${of.p50Ms} ms, p99 ${of.p99Ms} ms), ` +
        `${of.cpuUs} µs of processor time with the client's`;
      console.log(
        `${name}\n  engine          ${line(engine)}, level ${engine.catchUpMs} ms later\n` +
          `  Nest alone      ${line(nest)}, ratio ${ratio}, of processor time ${cpuRatio}\n` +
          `  our own routes  ${line(ownRoutes)}, ratio ${ratioToOwnRoutes}`,
      );
    }
  }
  if (values.json) {
    console.log(JSON.stringify({ connections, rounds, durationMs, scenarios: report }));
  }
} finally {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  await rm(dataDir, { recursive: true, force: true });
}
