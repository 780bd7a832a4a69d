// `npm run test:deployment`: the Compose files and the Kubernetes overlays, read by the real tools.
// A tool that is absent is named and the rest goes on: tools/deployment.spec.ts checks the files
// against their schemas anyway. `--install` fetches Docker Compose by the system's package manager.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const overlays = join(root, 'deploy', 'kubernetes', 'overlays');
let passed = 0;
let failed = 0;

if (process.argv.includes('--install') && findCompose() === undefined) installCompose();
checkAll('Compose', findCompose(), (compose) =>
  readdirSync(root)
    .filter((name) => /^docker-compose(\.\w+)?\.yml$/.test(name))
    .map((name) => [name, [...compose, '-f', name, 'config', '--quiet']]),
);
checkAll('kustomize', findKustomize(), (kustomize) =>
  readdirSync(overlays).map((name) => [name, [...kustomize, join(overlays, name)]]),
);
console.log(`deployment: ${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

/** Runs one command for each file. */
function checkAll(name, tool, checks) {
  if (tool === undefined) {
    console.log(`  ${name} is not on this machine`);
    return;
  }
  for (const [what, [command, ...args]] of checks(tool)) {
    const { status, stderr } = run(command, args);
    console.log(`  ${status === 0 ? 'passed' : 'FAILED'}  ${tool.join(' ')}  ${what}`);
    if (status === 0) passed += 1;
    else failed += 1;
    if (status !== 0) console.error(stderr);
  }
}

function findCompose() {
  return [['docker', 'compose'], ['docker-compose']].find((tool) => answers(tool, 'version'));
}

function findKustomize() {
  if (answers(['kustomize'], 'version')) return ['kustomize', 'build'];
  return answers(['kubectl'], 'kustomize', '--help') ? ['kubectl', 'kustomize'] : undefined;
}

function answers([command, ...args], ...more) {
  return run(command, [...args, ...more]).status === 0;
}

function installCompose() {
  const options = ['-y', '-qq', '--no-install-recommends'];
  for (const args of [
    ['update', '-qq'],
    ['install', ...options, 'docker-compose'],
  ]) {
    const { status, stderr } = run('apt-get', args);
    if (status === 0) continue;
    console.log(`  apt-get ${args[0]} failed: ${stderr || 'it is not on this machine'}`);
    return;
  }
}

function run(command, args) {
  return spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
    env: {
      ...process.env,
      DEBIAN_FRONTEND: 'noninteractive',
    },
  });
}
