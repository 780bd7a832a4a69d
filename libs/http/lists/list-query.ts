import type { CollectionDefinition } from '@ledgerdesk/kernel';
import type { Filter, Query, Scalar, Sort } from '@ledgerdesk/read-store';
import { parseStrictJson } from '../request/json-text';
import { invalidQuery, type QueryParameters } from '../request/query-parameters';

/** Parameters of a list that are no fields. */
const LIST_PARAMETERS = [
  'filter',
  'q',
  'sort',
  'limit',
  'cursor',
  'count',
  'minPosition',
  'minPositionTimeoutMs',
] as const;

/** Rows of a list in one page. */
const LIST_LIMIT_MAX = 1000;
const LIST_LIMIT_DEFAULT = 50;

type Fields = CollectionDefinition['fields'];

/**
 * The query that a list's URL asks for: `filter` as JSON, simple `field=value` (repeated: any of
 * them), `q` for text, `sort=-field`. Unknown fields are named together with those there are.
 *
 * @throws LedgerdeskError `invalid.query`, `malformed.json` for a filter that is no JSON.
 */
export function listQueryOf(parameters: QueryParameters, fields: Fields): Query {
  const filter = filterOf(parameters, fields);
  const sort = sortOf(parameters, fields);
  const cursor = parameters.text('cursor');
  return {
    limit: parameters.integer('limit', 1, LIST_LIMIT_MAX) ?? LIST_LIMIT_DEFAULT,
    ...(filter !== undefined && { filter }),
    ...(sort !== undefined && { sort }),
    ...(cursor !== undefined && { cursor }),
  };
}

function filterOf(parameters: QueryParameters, fields: Fields): Filter | undefined {
  const parts: Filter[] = [];
  const json = parameters.text('filter');
  if (json !== undefined) parts.push(filterFromJson(json));
  for (const name of parameters.names) {
    if (!isListParameter(name)) parts.push(filterByField(name, parameters.texts(name), fields));
  }
  const search = parameters.text('q');
  const text = search === undefined ? {} : { $text: { $search: search } };
  if (parts.length === 0) return search === undefined ? undefined : text;
  return parts.length === 1 && !('$text' in (parts[0] ?? {}))
    ? { ...parts[0], ...text }
    : { $and: parts, ...text };
}

function filterFromJson(text: string): Filter {
  const value = parseStrictJson(text, 'filter');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Filter;
  throw invalidQuery('filter', 'filter is a JSON object such as {"state":{"$in":["new"]}}');
}

function filterByField(name: string, values: readonly string[], fields: Fields): Filter {
  const kind = fields[name];
  if (kind === undefined) throw unknownField(name, fields);
  const scalars = values.map((value) => scalarOf(name, value, kind));
  const [first = null] = scalars;
  return { [name]: scalars.length === 1 ? first : { $in: scalars } };
}

function scalarOf(name: string, value: string, kind: Fields[string]): Scalar {
  if (value === '') return null;
  if (kind === 'text') return value;
  if (kind === 'number') {
    const number = Number(value);
    if (Number.isFinite(number) && value.trim() === value) return number;
    throw invalidQuery(name, `${name} is compared with a number, not with "${value.slice(0, 40)}"`);
  }
  if (value === 'true' || value === 'false') return value === 'true';
  throw invalidQuery(name, `${name} is compared with true or false`);
}

function sortOf(parameters: QueryParameters, fields: Fields): Sort | undefined {
  const text = parameters.text('sort');
  if (text === undefined) return undefined;
  const isDescending = text.startsWith('-');
  const field = isDescending ? text.slice(1) : text;
  if (fields[field] === undefined) throw unknownField(field, fields, 'sort');
  return { field, direction: isDescending ? 'descending' : 'ascending' };
}

function isListParameter(name: string): boolean {
  return (LIST_PARAMETERS as readonly string[]).includes(name);
}

function unknownField(name: string, fields: Fields, parameter = name): Error {
  const known = Object.keys(fields).sort().join(', ');
  return invalidQuery(
    parameter,
    `there is no indexed field ${name.slice(0, 80)}; filter and sort by ${known}`,
  );
}
