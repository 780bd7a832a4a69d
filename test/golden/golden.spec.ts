import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventFamilies } from '@ledgerdesk/http';
import {
  absentFlow,
  createEventRegistry,
  extendFlow,
  type EventRow,
  type FlowDefinition,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';

interface Golden {
  readonly row: EventRow;
  /** The fields of the state that the event changes where nothing was known before. */
  readonly folded: Readonly<Record<string, unknown>>;
}

const families = eventFamilies(processes);
const registry = createEventRegistry(families.map(({ events }) => events));

const goldenOf = (family: string): readonly (readonly [string, Golden])[] =>
  readdirSync(join(__dirname, family))
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const text = readFileSync(join(__dirname, family, file), 'utf8');
      return [file.replace(/\.json$/, ''), JSON.parse(text) as Golden] as const;
    });

const sampleFlow: Pick<FlowDefinition<object>, 'name' | 'initial' | 'evolve'> = {
  name: 'sample',
  initial: {},
  evolve: (state) => state,
};

/** What the event makes of nothing, with positions as text. The engine's own are not folded. */
function foldedFrom(family: string, event: RecordedEvent): unknown {
  const process = processes.find(({ name }) => name === family);
  if (process !== undefined) return process.evolve(process.initial, event);
  if (family !== 'flow') return {};
  const before = absentFlow(sampleFlow, 'sample');
  const after = extendFlow(sampleFlow as FlowDefinition<object>, before, event);
  return JSON.parse(
    JSON.stringify(after, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  ) as unknown;
}

describe.each(families.map((family) => [family.name, family] as const))(
  'each released event of %s',
  (name, { events }) => {
    const golden = goldenOf(name);

    it.each(golden)('%s has the hash that was recorded', (file, { row }) => {
      expect(createHash('sha256').update(row.body).digest('hex')).toBe(row.hash);
      expect(file).toMatch(new RegExp(`^${row.type}\\.v\\d+$`));
    });

    it.each(golden)('%s decodes and folds to what was recorded', (_, { row, folded }) => {
      const event = registry.decode({ ...row, position: 1n });
      expect(foldedFrom(name, event)).toMatchObject(folded);
    });

    it('has a sample of every version', () => {
      const expected = Object.entries(events).flatMap(([type, { version }]) =>
        Array.from({ length: version }, (_, index) => `${type}.v${index + 1}`),
      );
      expect(golden.map(([file]) => file).sort()).toEqual(expected.sort());
    });
  },
);

describe.each(processes.map((process) => [process.name, process] as const))(
  'the list of %s',
  (name, process) => {
    it.each(goldenOf(name))('takes %s without a fault', (_, { row }) => {
      const event = registry.decode({ ...row, position: 1n });
      expect(() =>
        process.listing.summarise(process.evolveFacts(process.initial, event)),
      ).not.toThrow();
    });
  },
);
