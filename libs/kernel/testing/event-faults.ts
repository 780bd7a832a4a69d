import type { NewEvent } from '../event';
import type { EventDefinitions, FieldType } from '../event-definition';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const isText = (value: unknown): boolean => typeof value === 'string';
const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: isText,
  integer: Number.isSafeInteger,
  number: Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  time: (value) => typeof value === 'string' && INSTANT.test(value),
  'text[]': (value) => Array.isArray(value) && value.every(isText),
  object: isObject,
  'object[]': (value) => Array.isArray(value) && value.every(isObject),
  json: (value) => value !== undefined,
};

/** In what an event's data differs from its definition, in words; none where it fits. */
export function eventFaults(
  event: Pick<NewEvent, 'type' | 'data'>,
  definitions: EventDefinitions,
): readonly string[] {
  const definition = definitions[event.type];
  if (definition === undefined) return [`${event.type} is not defined`];
  const faults: string[] = [];
  for (const [field, type] of Object.entries(definition.fields)) {
    if (!fits(event.data[field], type)) {
      const found = JSON.stringify(event.data[field]);
      faults.push(`${event.type}.${field} is ${found}, not ${String(type)}`);
    }
  }
  for (const field of Object.keys(event.data)) {
    if (definition.fields[field] === undefined) {
      faults.push(`${event.type}.${field} is not defined`);
    }
  }
  return faults;
}

function fits(value: unknown, type: FieldType): boolean {
  if (typeof type !== 'string') return isText(value) && type.includes(value as string);
  if (type.endsWith('?')) return value === undefined || fits(value, type.slice(0, -1) as FieldType);
  if (type.endsWith('|null')) {
    return value === null || fits(value, type.slice(0, -'|null'.length) as FieldType);
  }
  return checks[type]?.(value) === true;
}
