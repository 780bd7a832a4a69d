// Who may import whom. The arrows point down only:
//   apps -> hosting -> http -> (audit, exchange) -> engine
//     -> (event-store, read-store, messaging) -> kernel
//   -> kernel
// and beside them the pure libraries: processes -> kernel, read-models and flows -> (processes,
// kernel).
// Every rule is an error and says what it is for. `npm run graph` draws the result.

const mayImport = {
  kernel: [],
  'event-store': ['kernel'],
  'read-store': ['kernel'],
  messaging: ['kernel'],
  processes: ['kernel'],
  'read-models': ['kernel', 'processes'],
  flows: ['kernel', 'processes'],
  engine: ['kernel', 'event-store', 'read-store', 'messaging'],
  audit: ['kernel', 'event-store', 'read-store', 'engine'],
  exchange: ['kernel', 'event-store', 'read-store', 'engine'],
  http: [
    'kernel',
    'event-store',
    'read-store',
    'messaging',
    'engine',
    'audit',
    'exchange',
    'processes',
    'read-models',
  ],
  hosting: [
    'kernel',
    'event-store',
    'read-store',
    'messaging',
    'engine',
    'http',
    'processes',
    'flows',
    'read-models',
  ],
};

const test =
  '(\\.spec\\.ts|\\.e2e-spec\\.ts|\\.conformance\\.ts|^libs/[^/]+/(testing|conformance)/|' +
  '^libs/test-servers/|^test/)';

const pureZone = '^libs/(kernel|processes|read-models|flows)/';

// Each driver stands in the folders of its adapters and nowhere else. The demonstration alone opens
// the event store behind the adapter's back: it shows that an altered event is found.
const drivers = {
  'better-sqlite3': '^libs/(event-store|read-store)/sqlite/|^apps/demo/tampering\\.ts$',
  kafkajs: '^libs/messaging/kafka/',
  '@eventstore/db-client': '^libs/event-store/eventstoredb/',
  mongodb: '^libs/read-store/mongodb/',
  '@opentelemetry': '^libs/hosting/tracing/',
};

const arrows = Object.entries(mayImport).map(([lib, allowed]) => ({
  name: `arrow-${lib}`,
  severity: 'error',
  comment:
    allowed.length === 0
      ? `${lib} imports no other library: everything stands on it.`
      : `${lib} imports only ${allowed.join(', ')}: arrows point down, so that a library ` +
        'can be read, tested and replaced without what stands on it.',
  from: { path: `^libs/${lib}/`, pathNot: test },
  to: { path: '^(libs|apps)/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
}));

const driverRules = Object.entries(drivers).map(([driver, folder]) => ({
  name: `driver-in-one-folder-${driver}`,
  severity: 'error',
  comment: `${driver} is imported only by its adapters, so that it can be replaced in one place.`,
  from: { path: '^(apps|libs)/', pathNot: `${folder}|${test}` },
  to: { path: `(^|node_modules/)(@types/)?${driver}(/|$)` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...arrows,
    ...driverRules,
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'A cycle makes several files into one that nobody can read or test apart.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'pure-zone',
      severity: 'error',
      comment:
        'kernel, processes and read-models import no Node module and no package (processes: ' +
        'class-validator, class-transformer), so that the same events give the same result anywhere.',
      from: { path: pureZone, pathNot: test },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled'],
        pathNot: 'node_modules/(class-validator|class-transformer)/',
      },
    },
    {
      name: 'validator-only-in-processes',
      severity: 'error',
      comment:
        'In the pure zone only the command classes of processes carry validation decorators.',
      from: { path: '^libs/(kernel|read-models|flows)/' },
      to: { path: 'node_modules/(class-validator|class-transformer)/' },
    },
    {
      name: 'ports-do-not-know-adapters',
      severity: 'error',
      comment: 'A port is what its adapters agree on; it must not lean on one of them.',
      from: { path: '\\.(port|errors)\\.ts$' },
      to: { path: '^libs/[^/]+/(memory|sqlite|eventstoredb|mongodb|kafka)/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      comment: 'Adapters meet in the port only, so that each can be deleted alone.',
      from: {
        path: '^libs/([^/]+)/(memory|sqlite|eventstoredb|mongodb|kafka)/',
        pathNot: test,
      },
      to: {
        path: '^libs/$1/(memory|sqlite|eventstoredb|mongodb|kafka)/',
        pathNot: '^libs/$1/$2/',
      },
    },
    {
      name: 'no-process-to-process',
      severity: 'error',
      comment:
        'Processes meet in flows, never in each other; what several of them compose stands in ' +
        'shared/ and policies/.',
      from: {
        path: '^libs/processes/([^/]+)/',
        pathNot: '^libs/processes/(shared|policies|testing)/',
      },
      to: {
        path: '^libs/processes/[^/]+/',
        pathNot: '^libs/processes/($1|shared|policies|testing)/',
      },
    },
    {
      name: 'no-deep-imports',
      severity: 'error',
      comment: 'Another library is entered by its index.ts (tests also by testing/index.ts) only.',
      from: { path: '^(libs|apps|test)/([^/]+)/' },
      to: {
        path: '^libs/[^/]+/',
        pathNot: ['^$1/$2/', '^libs/[^/]+/index\\.ts$', '^libs/[^/]+/testing/index\\.ts$'],
      },
    },
    {
      name: 'libraries-by-alias',
      severity: 'error',
      comment: 'Another library is named @ledgerdesk/<lib>, never reached by a relative path.',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: {
        path: '^libs/[^/]+/',
        pathNot: '^$1/$2/',
        dependencyTypesNot: ['aliased', 'aliased-tsconfig', 'aliased-tsconfig-paths'],
      },
    },
    {
      name: 'no-app-to-app',
      severity: 'error',
      comment:
        'Apps are composition roots; what two of them share belongs in a library. The demonstration ' +
        'alone plays with a whole engine, by a clock of its own.',
      from: { path: '^apps/([^/]+)/', pathNot: `${test}|^apps/demo/demo-engine\\.ts$` },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-production-to-test',
      severity: 'error',
      comment: 'What runs in production does not load test code.',
      from: { path: '^(apps|libs)/', pathNot: test },
      to: { path: test },
    },
    {
      name: 'no-dev-dependency-at-run-time',
      severity: 'error',
      comment: 'A development dependency is absent in production.',
      from: { path: '^(apps|libs)/', pathNot: test },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['npm', 'type-only'],
        pathNot: '@types/',
      },
    },
    {
      name: 'no-unlisted-package',
      severity: 'error',
      comment: 'A package that no package.json lists is there by accident.',
      from: { path: '^(apps|libs)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'An import that leads nowhere fails at run time.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'A file that nobody imports and that imports nothing is dead.',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^apps/[^/]+/(main|bin/.*)\\.(ts|js)$'] },
      to: {},
    },
    {
      name: 'decider-has-spec',
      severity: 'error',
      comment: 'Each decider is imported by a spec.',
      module: { path: '\\.decider\\.ts$', numberOfDependentsLessThan: 1 },
      from: { path: '\\.spec\\.ts$' },
    },
    {
      name: 'projection-has-spec',
      severity: 'error',
      comment: 'Each projection is imported by a spec.',
      module: { path: '\\.projection\\.ts$', numberOfDependentsLessThan: 1 },
      from: { path: '\\.spec\\.ts$' },
    },
    {
      name: 'flow-has-spec',
      severity: 'error',
      comment: 'Each flow is imported by a spec.',
      module: { path: '\\.flow\\.ts$', numberOfDependentsLessThan: 1 },
      from: { path: '\\.spec\\.ts$' },
    },
    {
      name: 'adapter-has-conformance-spec',
      severity: 'error',
      comment: 'Each adapter runs the conformance suite of its port.',
      module: { path: '\\.adapter\\.ts$', numberOfDependentsLessThan: 1 },
      from: { path: '\\.conformance\\.spec\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What is built here; not the dist/ of a package, which is how it is imported.
    exclude: { path: '^((?!node_modules/).)*\\bdist/|/node_modules/\\.' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
  },
};
