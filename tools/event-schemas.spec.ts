import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import asyncApiSpecs from '@asyncapi/specs';
import { asyncApiDocument, eventFamilies, type EventFamily } from '@ledgerdesk/http';
import {
  createEventRegistry,
  eventDataSchema,
  parseSealedEvent,
  type EventDefinitions,
  type EventRow,
} from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import Ajv from 'ajv';
import packageJson from '../package.json';
import { asyncApiText, releaseFaults, schemaPath, schemaText } from './event-release';

// Goal: what was released can be read for ever, and the documents say what the engine does. Method:
// docs/events holds the schema of each version that was ever released; definitions, golden samples
// and the AsyncAPI document are held against it.

const docs = join(__dirname, '../docs');
const golden = join(__dirname, '../test/golden');
const families = eventFamilies(processes);

function jsonFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name));
}

const released = new Map(
  jsonFiles(join(docs, 'events')).map((file) => [relative(docs, file), readFileSync(file, 'utf8')]),
);

const newAjv = (): Ajv => new Ajv({ strict: true, allowUnionTypes: true, validateFormats: false });

const documentWithPaths = asyncApiDocument({
  version: packageJson.version,
  processes,
  schemaPath,
});

describe('docs/events', () => {
  it('holds no released event that has changed or is gone', () => {
    expect(releaseFaults(families, released, eventDataSchema)).toEqual([]);
  });

  it.each(families.map((family) => [family.name, family] as const))(
    'has the newest schema of each event of %s, as `npm run docs` would write it',
    (_, family) => {
      const expected = Object.entries(family.events).map(([type, definition]) => [
        schemaPath(family, type, definition.version),
        schemaText(eventDataSchema(type, definition)),
      ]);
      expect(expected.map(([path = '']) => [path, released.get(path)])).toEqual(expected);
    },
  );
});

describe('golden samples', () => {
  const registry = createEventRegistry(families.map(({ events }) => events));
  const ajv = newAjv();
  const fits = (path: string, schema: string, value: unknown): void => {
    const validate = ajv.getSchema(path) ?? ajv.addSchema(JSON.parse(schema), path).getSchema(path);
    expect([path, validate?.(value), validate?.errors ?? []]).toEqual([path, true, []]);
  };

  it.each(families.map((family) => [family.name, family] as const))(
    'of %s fit the schema of their own version, and brought up the newest one',
    (name, family) => {
      const files = jsonFiles(join(golden, name));
      expect(files.length).toBeGreaterThanOrEqual(Object.keys(family.events).length);
      for (const file of files) {
        const { row } = JSON.parse(readFileSync(file, 'utf8')) as { readonly row: EventRow };
        const { type, schemaVersion, data } = parseSealedEvent(row);
        const own = schemaPath(family, type, schemaVersion);
        fits(own, released.get(own) ?? '{}', data);
        const event = registry.decode({ ...row, position: 1n });
        const newest = schemaPath(family, type, event.schemaVersion);
        fits(newest, released.get(newest) ?? '{}', event.data);
      }
    },
  );
});

describe('the AsyncAPI document', () => {
  const validate = newAsyncApiValidator();

  it('is in docs/asyncapi.json as `npm run docs` would write it', () => {
    expect(readFileSync(join(docs, 'asyncapi.json'), 'utf8')).toBe(asyncApiText(documentWithPaths));
  });

  it.each([
    ['in docs/', documentWithPaths],
    ['of the engine', asyncApiDocument({ version: '1.2.3', processes })],
  ])('%s is valid by the schema of AsyncAPI 3.0', (_, document) => {
    expect([validate(document), validate.errors]).toEqual([true, null]);
    expect(validate({ ...document, channels: { incident: { adress: 'x' } } })).toBe(false);
  });

  it('names no schema and no message that is not there', () => {
    const document = asyncApiDocument({ version: '1.2.3', processes });
    const parts = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g);
    const missing = [...parts].filter(([, path = '']) => memberAt(document, path) === undefined);
    expect(missing).toEqual([]);
    const files = JSON.stringify(documentWithPaths).matchAll(/"\$ref":"(events\/[^"]+)"/g);
    expect([...files].filter(([, path = '']) => !released.has(path))).toEqual([]);
  });

  it('has a channel for each process, with a message for each of its events', () => {
    const { channels } = documentWithPaths as {
      readonly channels: Readonly<Record<string, { address: string; messages: object }>>;
    };
    for (const { name, events } of families) {
      expect(channels[name]?.address).toBe(`ledgerdesk.events.${name}`);
      expect(Object.keys(channels[name]?.messages ?? {})).toEqual(Object.keys(events));
    }
  });
});

describe('a released event', () => {
  const version1: EventDefinitions = {
    ThingWeighed: { version: 1, summary: 'It was weighed.', fields: { weight: 'number' } },
  };
  const faultsOf = (events: EventDefinitions): readonly string[] =>
    releaseFaults([{ name: 'thing', events }], filesOf(version1), eventDataSchema);

  it('may stay as it is, say the same in other words, or go on in a new version', () => {
    const { fields } = definitionIn(version1);
    expect(faultsOf(version1)).toEqual([]);
    expect(faultsOf({ ThingWeighed: { version: 1, summary: 'Weighed.', fields } })).toEqual([]);
    expect(
      faultsOf({ ThingWeighed: { version: 2, summary: '', fields: { grams: 'integer' } } }),
    ).toEqual([]);
  });

  it.each<[string, EventDefinitions[string]['fields']]>([
    ['a field more', { weight: 'number', unit: 'text?' }],
    ['a field less', {}],
    ['a field of another type', { weight: 'text' }],
    ['a field that may be null now', { weight: 'number|null' }],
  ])('may not get %s without a new version', (_, fields) => {
    expect(faultsOf({ ThingWeighed: { version: 1, summary: '', fields } })).toEqual([
      expect.stringMatching(/ThingWeighed was released .* version 2 with an upcaster from 1/),
    ]);
  });

  it('may not vanish, nor skip a version', () => {
    expect(faultsOf({})).toEqual([expect.stringMatching(/ThingWeighed\.v1\.json describes/)]);
    const { fields } = definitionIn(version1);
    expect(faultsOf({ ThingWeighed: { version: 3, summary: '', fields } })).toEqual([
      expect.stringMatching(/ThingWeighed\.v2\.json is missing/),
    ]);
  });
});

function definitionIn(events: EventDefinitions): EventDefinitions[string] {
  const [definition] = Object.values(events);
  if (definition === undefined) throw new Error('there is no event');
  return definition;
}

function filesOf(events: EventDefinitions): ReadonlyMap<string, string> {
  const family: Pick<EventFamily, 'name'> = { name: 'thing' };
  return new Map(
    Object.entries(events).map(([type, definition]) => [
      schemaPath(family, type, definition.version),
      schemaText(eventDataSchema(type, definition)),
    ]),
  );
}

function memberAt(document: object, path: string): unknown {
  return path
    .split('/')
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);
}

function newAsyncApiValidator(): ReturnType<Ajv['compile']> {
  const schema = asyncApiSpecs.schemasWithoutId['3.0.0'] as object;
  return new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema);
}
