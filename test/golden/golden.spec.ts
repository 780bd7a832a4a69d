import { createEventRegistry, type EventRow } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Golden {
  readonly row: EventRow;
  /** The fields of the state that the event changes where nothing was known before. */
  readonly folded: Readonly<Record<string, unknown>>;
}

const registry = createEventRegistry(processes.map(({ events }) => events));

const goldenOf = (process: string): readonly (readonly [string, Golden])[] =>
  readdirSync(join(__dirname, process))
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const text = readFileSync(join(__dirname, process, file), 'utf8');
      return [file.replace(/\.json$/, ''), JSON.parse(text) as Golden] as const;
    });

describe.each(processes.map((process) => [process.name, process] as const))(
  'each released event of %s',
  (name, process) => {
    const golden = goldenOf(name);

    it.each(golden)('%s has the hash that was recorded', (file, { row }) => {
      expect(createHash('sha256').update(row.body).digest('hex')).toBe(row.hash);
      expect(file).toMatch(new RegExp(`^${row.type}\\.v\\d+$`));
    });

    it.each(golden)('%s decodes and folds to what was recorded', (_, { row, folded }) => {
      const event = registry.decode({ ...row, position: 1n });
      expect(process.evolve(process.initial, event)).toMatchObject(folded);
    });

    it.each(golden)('%s folds into facts without a fault', (_, { row }) => {
      const event = registry.decode({ ...row, position: 1n });
      expect(() =>
        process.listing.summarise(process.evolveFacts(process.initial, event)),
      ).not.toThrow();
    });

    it('has a sample of every version', () => {
      const expected = Object.entries(process.events).flatMap(([type, { version }]) =>
        Array.from({ length: version }, (_, index) => `${type}.v${index + 1}`),
      );
      expect(golden.map(([file]) => file).sort()).toEqual(expected.sort());
    });
  },
);
