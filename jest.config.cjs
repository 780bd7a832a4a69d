const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/{apps,libs,test,tools}/**/*.{spec,e2e-spec}.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testEnvironment: 'node',
  // Jest's own default leaves one core idle, which on two cores is half the machine.
  maxWorkers: Math.min(availableParallelism(), 8),
  // Each suite loads its modules anew and leaves some of them behind: a worker that has grown is
  // replaced, or it spends its time on collecting garbage.
  workerIdleMemoryLimit: '800MB',
  transform: { '\\.ts$': ['@swc/jest'] },
  moduleNameMapper: {
    '^@ledgerdesk/([^/]+)/testing$': '<rootDir>/libs/$1/testing/index.ts',
    '^@ledgerdesk/([^/]+)$': '<rootDir>/libs/$1/index.ts',
  },
  // A bound for what hangs, not a measure of speed: a test may share the machine with others.
  testTimeout: 300_000,
  setupFiles: ['reflect-metadata'],
};
