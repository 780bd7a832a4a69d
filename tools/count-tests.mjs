// Reads Jest's JSON report and prints `N passed, N failed`. A suite that could not start counts as
// one failure. Skipped tests and notes of tests to come fail too: a gate that did not run is open.
import { readFile } from 'node:fs/promises';

const report = JSON.parse(await readFile(process.argv[2], 'utf8'));
const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
const notRun = report.numPendingTests + report.numTodoTests;

console.log(`${report.numPassedTests} passed, ${failed} failed`);
if (notRun > 0) {
  const names = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'pending' || status === 'todo')
      .map(({ fullName }) => fullName),
  );
  console.error(`${notRun} tests did not run:\n  ${names.join('\n  ')}`);
}
if (failed > 0 || notRun > 0 || report.numPassedTests === 0) process.exitCode = 1;
