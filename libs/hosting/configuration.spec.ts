import { readConfiguration } from './configuration';
import { assertSafeHost } from './loopback';

const invalid = (variable: string): Error =>
  expect.objectContaining({ code: 'invalid.configuration', details: { variable } }) as Error;

describe('the configuration', () => {
  it('works without any variable', () => {
    expect(readConfiguration({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      dataDir: './.ledgerdesk',
      eventStoreUrl: 'sqlite:./.ledgerdesk',
      readStoreUrl: 'sqlite:./.ledgerdesk',
      auth: 'none',
      logLevel: 'info',
      priorityMatrix: 'servicenow-3x3',
      projectionLagMax: 50_000,
      shutdownTimeoutMs: 9_000,
      leaseTtlMs: 10_000,
    });
  });

  it('takes each variable, and both stores from the one folder', () => {
    expect(
      readConfiguration({
        PORT: '0',
        HOST: 'localhost',
        DATA_DIR: '/var/lib/ledgerdesk',
        READ_STORE_URL: 'memory:',
        LOG_LEVEL: 'warn',
        PRIORITY_MATRIX: 'glpi-5x5',
        TEAMS_FILE: '/etc/ledgerdesk/teams.json',
        PROJECTION_LAG_MAX: '10',
        SHUTDOWN_TIMEOUT_MS: '500',
        BROKER_URL: 'kafka://127.0.0.1:9092',
        PROCESSES: 'incident, problem,incident',
        PROJECTIONS: 'incident-list',
        FLOWS: 'problem-fix',
        LEASE_TTL_MS: '3000',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
        AUTH: ' ',
      }),
    ).toMatchObject({
      port: 0,
      host: 'localhost',
      eventStoreUrl: 'sqlite:/var/lib/ledgerdesk',
      readStoreUrl: 'memory:',
      logLevel: 'warn',
      priorityMatrix: 'glpi-5x5',
      teamsFile: '/etc/ledgerdesk/teams.json',
      projectionLagMax: 10,
      shutdownTimeoutMs: 500,
      brokerUrl: 'kafka://127.0.0.1:9092',
      hostedProcesses: ['incident', 'problem'],
      hostedProjections: ['incident-list'],
      hostedFlows: ['problem-fix'],
      leaseTtlMs: 3_000,
      tracesUrl: 'http://127.0.0.1:4318',
    });
  });

  it('keeps the read models of a log in memory in memory', () => {
    expect(readConfiguration({ EVENT_STORE_URL: 'memory:' }).readStoreUrl).toBe('memory:');
    const named = { EVENT_STORE_URL: 'memory:', READ_STORE_URL: 'sqlite:/tmp/x' };
    expect(readConfiguration(named).readStoreUrl).toBe('sqlite:/tmp/x');
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['PORT', '-1'],
    ['AUTH', 'oidc'],
    ['LOG_LEVEL', 'loud'],
    ['PRIORITY_MATRIX', 'constructor'],
    ['PROJECTION_LAG_MAX', '0'],
    ['SHUTDOWN_TIMEOUT_MS', '1.5'],
    ['PROCESSES', 'incident,nonsense'],
    ['PROJECTIONS', ','],
    ['FLOWS', 'constructor'],
    ['LEASE_TTL_MS', '10'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost'],
  ])('is refused when %s is %s', (variable, value) => {
    expect(() => readConfiguration({ [variable]: value })).toThrow(invalid(variable));
  });
});

describe('an engine without authentication', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('may listen on %s', async (host) => {
    await expect(assertSafeHost({ host, auth: 'none' })).resolves.toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'no-such-host.invalid'])(
    'may not listen on %s',
    async (host) => {
      await expect(assertSafeHost({ host, auth: 'none' })).rejects.toEqual(invalid('HOST'));
    },
  );
});
