import type { EventDefinitions, EventSchema } from '@ledgerdesk/kernel';

// What may become of events once they are released: docs/events/<family>/<Type>.v<version>.json is
// the record of what was. Nothing but types is imported, so that tools/event-docs.mjs can load it.

/** Events that are declared together: those of one process, say. */
export interface ReleasedFamily {
  readonly name: string;
  readonly events: EventDefinitions;
}

/** Makes the schema of an event's newest version from its definition. */
export type SchemaOf = (type: string, definition: EventDefinitions[string]) => EventSchema;

/** Where the schema of one version stands, below docs/. */
export function schemaPath(
  family: { readonly name: string },
  type: string,
  version: number,
): string {
  return `events/${family.name}/${type}.v${version}.json`;
}

/** The schema as it stands in its file. */
export function schemaText(schema: EventSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** How deep the AsyncAPI document is told line by line: one line for each part of a message. */
const LINE_DEPTH = 3;

/** The AsyncAPI document as it stands in docs/: short enough to read, and to compare by line. */
export function asyncApiText(document: EventSchema): string {
  return `${linesOf(document, 0)}\n`;
}

function linesOf(value: unknown, depth: number): string {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || depth > LINE_DEPTH) return JSON.stringify(value);
  const indent = '  '.repeat(depth + 1);
  const members = Object.entries(value).map(
    ([name, member]) => `${indent}${JSON.stringify(name)}: ${linesOf(member, depth + 1)}`,
  );
  return `{\n${members.join(',\n')}\n${'  '.repeat(depth)}}`;
}

/**
 * What is wrong with the definitions, given the schema files that are there (path below docs/ and
 * text): a released version that is gone or has changed. A version that has no file yet is new.
 */
export function releaseFaults(
  families: readonly ReleasedFamily[],
  released: ReadonlyMap<string, string>,
  schemaOf: SchemaOf,
): readonly string[] {
  const known = new Set<string>();
  const faults: string[] = [];
  for (const family of families) {
    for (const [type, definition] of Object.entries(family.events)) {
      const { version } = definition;
      for (let older = 1; older < version; older += 1) {
        const path = schemaPath(family, type, older);
        known.add(path);
        if (!released.has(path)) faults.push(neverReleased(path, type, version));
      }
      const path = schemaPath(family, type, version);
      known.add(path);
      const text = released.get(path);
      if (text !== undefined && shapeOf(text) !== shapeOf(schemaText(schemaOf(type, definition)))) {
        faults.push(changed(path, type, version));
      }
    }
  }
  return [...faults, ...[...released.keys()].filter((path) => !known.has(path)).map(gone)];
}

/** What the schemas say of the data, without the texts for people. */
function shapeOf(text: string): string {
  const { title: _, description: __, ...shape } = JSON.parse(text) as EventSchema;
  return JSON.stringify(shape);
}

function changed(path: string, type: string, version: number): string {
  return (
    `docs/${path}: ${type} was released in version ${version} and has another shape now, so old ` +
    `logs could not be read. Give it version ${version + 1} with an upcaster from ${version}, then ` +
    'run `npm run docs` and `node tools/golden.mjs`. (Only if it was never released: delete its ' +
    'schema and its golden sample, and run both.)'
  );
}

function neverReleased(path: string, type: string, version: number): string {
  return (
    `docs/${path} is missing: ${type} is in version ${version}, and each version before it must ` +
    'stay described. Bring the file back from the history, or count versions one by one'
  );
}

function gone(path: string): string {
  return (
    `docs/${path} describes an event that no definition names any more. Logs hold it for ever: ` +
    'bring the definition back, though no command leads to it'
  );
}
