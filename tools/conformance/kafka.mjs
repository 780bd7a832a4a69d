import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, isPresent, run, startServer } from './processes.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const pom = join(here, 'pom.xml');

/** A broker of one node (KRaft, no ZooKeeper), from its published jars. */
export const kafka = {
  name: 'kafka',
  variable: 'BROKER_URL',
  specs: 'libs/messaging/kafka/',
  scheme: /^kafka:/,
  protocol: 'Kafka',
  about: 'Apache Kafka 4.1.0',
  missing: () =>
    [
      isPresent('java', '-version') ? '' : 'java 17 or later',
      isPresent('mvn', '--version') ? '' : 'mvn',
    ].filter(Boolean),
  install,
  start,
};

/** Takes 5 to 60 s the first time, none later. */
async function install(cache) {
  const version = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12);
  const jars = join(cache, `kafka-${version}`);
  if (existsSync(jars)) return jars;
  const partial = `${jars}.${process.pid}.partial`;
  await mkdir(cache, { recursive: true });
  try {
    const target = [`-DoutputDirectory=${partial}`, '-DincludeScope=runtime'];
    await run('mvn', ['-B', '-q', '-ntp', '-f', pom, 'dependency:copy-dependencies', ...target], {
      timeoutMs: 240_000,
    });
    await rename(partial, jars);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return jars;
}

async function start(jars, dir) {
  const [port, controllerPort] = [await freePort(), await freePort()];
  const properties = join(dir, 'server.properties');
  await writeFile(properties, propertiesOf({ port, controllerPort, dir }));
  const java = ['-cp', join(jars, '*'), `-Dlog4j2.configurationFile=${here}log4j2.properties`];
  const cluster = randomBytes(16).toString('base64url');
  const format = ['kafka.tools.StorageTool', 'format', '-t', cluster, '-c', properties];
  await run('java', [...java, ...format], { timeoutMs: 60_000 });
  const server = await startServer('java', ['-Xmx512m', ...java, 'kafka.Kafka', properties], {
    port,
    logFile: join(dir, 'kafka.log'),
    timeoutMs: 90_000,
  });
  return { url: `kafka://127.0.0.1:${port}`, stop: server.stop };
}

function propertiesOf({ port, controllerPort, dir }) {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.num.partitions=4',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    `log.dirs=${join(dir, 'log')}`,
    '',
  ].join('\n');
}
