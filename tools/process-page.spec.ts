import { ticketStreamPrefix, type ProcessDefinition } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processPage } from './process-page';

const pageOf = (process: ProcessDefinition) =>
  processPage(process, ticketStreamPrefix(process.name));
const pages = processes.map((process) => [process.name, process] as const);

describe('the generated page of a process', () => {
  it.each(pages)('docs/processes/%s.md is what `npm run docs` would write', (name, process) => {
    const page = readFileSync(join(__dirname, '../docs/processes', `${name}.md`), 'utf8');
    expect(page).toBe(pageOf(process));
  });

  it.each(pages)('has a section for each command and event of %s', (_, process) => {
    const headings = pageOf(process).match(/^### \w+$/gm) ?? [];
    const named = [...Object.keys(process.commands), ...Object.keys(process.events)];
    expect(headings).toEqual(named.map((name) => `### ${name}`));
  });

  it.each(pages)('says of each field of %s what it takes, in words', (_, process) => {
    expect(pageOf(process)).not.toMatch(/\| (is|array)[A-Z]\w+/);
  });
});
