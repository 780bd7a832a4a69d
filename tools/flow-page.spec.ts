import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flows } from '@ledgerdesk/flows';
import type { FlowDefinition } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { flowPage } from './flow-page';

const FOLDER = join(__dirname, '../docs/flows');
const pages = flows.map((flow) => [flow.name, flow] as const);

describe('the generated page of a flow', () => {
  it.each(pages)('docs/flows/%s.md is what `npm run docs` would write', (name, flow) => {
    expect(readFileSync(join(FOLDER, `${name}.md`), 'utf8')).toBe(flowPage(flow, processes));
  });

  it('stands there for no other flow', () => {
    const expected = flows.map(({ name }) => `${name}.md`).sort();
    expect(readdirSync(FOLDER).sort()).toEqual(expected);
  });

  it.each(pages)('%s sees only events, and sends only commands, that there are', (_, flow) => {
    expect(unknownTo(flow)).toEqual([]);
  });

  it.each(pages)('%s sets every timer that it waits for', (_, { follows }) => {
    const set = new Set(Object.values(follows).flatMap(({ timers = [] }) => timers));
    const awaited = Object.keys(follows)
      .filter((key) => key.startsWith('TimerElapsed '))
      .map((key) => key.slice('TimerElapsed '.length));
    expect(awaited.filter((timer) => !set.has(timer))).toEqual([]);
  });

  it('shows each cause before what follows from it', () => {
    const flow = flows.find(({ name }) => name === 'incident-auto-close');
    const page = flow === undefined ? '' : flowPage(flow, processes);
    const lines = ['IncidentResolved', 'AutoCloseDue: set', 'elapses', 'flow->>p_incident: Close'];
    const places = lines.map((line) => page.indexOf(line));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });
});

const OWN = ['TimerElapsed', 'FlowCommandAccepted', 'FlowCommandRefused'];

function unknownTo({ events, follows }: FlowDefinition): readonly string[] {
  const types = processes.flatMap((process) => Object.keys(process.events));
  const names = processes.flatMap(({ name, commands }) =>
    Object.keys(commands).map((command) => `${name}.${command}`),
  );
  const sent = Object.values(follows).flatMap(({ commands = [] }) => commands);
  return [
    ...Object.keys(events).filter((type) => !types.includes(type) && !OWN.includes(type)),
    ...sent.filter((command) => !names.includes(command)),
  ];
}
