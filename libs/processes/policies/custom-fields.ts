import {
  refuse,
  valueChecks,
  type Policy,
  type PolicyKind,
  type PolicySet,
  type Refusal,
  type ValueCheck,
} from '@ledgerdesk/kernel';

/** What a custom field holds. */
export type CustomFieldValue = string | number | boolean;

/** What a custom field of a process may hold. */
export type CustomField = {
  readonly title: string;
  /** It cannot be cleared, and a process may ask for it before it goes on. */
  readonly mandatory?: true;
} & (
  | { readonly type: 'text'; /** In UTF-16 code units. */ readonly maxLength: number }
  | { readonly type: 'integer' | 'number'; readonly min: number; readonly max: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'time' }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
);

/** By name of the process, then by key of the field. A process that is not named has none. */
export type CustomFieldSchema = Readonly<Record<string, Readonly<Record<string, CustomField>>>>;

const FIELDS_MAX = 200;
const CHOICES_MAX = 500;
const BOUND = 1_000_000_000_000;
const { flag, list, map, text, whole, word } = valueChecks;

const bounds = { min: whole(-BOUND, BOUND), max: whole(-BOUND, BOUND) };
const byType: Readonly<Record<CustomField['type'], Readonly<Record<string, ValueCheck>>>> = {
  text: { maxLength: whole(1, 2_000) },
  integer: bounds,
  number: bounds,
  boolean: {},
  time: {},
  choice: { choices: list(text(200), { min: 1, max: CHOICES_MAX }) },
};
const types = Object.keys(byType);

const soundField: ValueCheck = (value, place = 'value') => {
  const type = (value as Partial<CustomField> | null)?.type;
  const own = type !== undefined && types.includes(type) ? byType[type] : {};
  return valueChecks.fields({ title: text(200), type: word(types), ...own }, { mandatory: flag })(
    value,
    place,
  );
};

const kind: PolicyKind = {
  name: 'custom-fields',
  title: 'Custom fields',
  faults: map(map(soundField, { max: FIELDS_MAX }), { max: FIELDS_MAX }),
  presets: {},
};

/** The schema that ships with the system; an organisation sets its own versions. */
export const customFieldsV1: Policy<CustomFieldSchema> = {
  name: 'custom-fields',
  version: 1,
  kind,
  value: {
    incident: {
      costCentre: { title: 'Cost centre', type: 'text', maxLength: 50 },
      environment: {
        title: 'Environment',
        type: 'choice',
        choices: ['production', 'staging', 'test', 'development'],
      },
      affectedUsers: { title: 'Affected users', type: 'integer', min: 0, max: 10_000_000 },
    },
    'major-incident': {
      costCentre: { title: 'Cost centre', type: 'text', maxLength: 50 },
      affectedUsers: { title: 'Affected users', type: 'integer', min: 0, max: 10_000_000 },
      regulatorNotifiedAt: { title: 'Regulator notified at', type: 'time' },
      isReportable: { title: 'Reportable to the regulator', type: 'boolean' },
    },
    problem: {
      costCentre: { title: 'Cost centre', type: 'text', maxLength: 50 },
      lossPerWeek: { title: 'Loss in a week', type: 'number', min: 0, max: 1_000_000_000 },
    },
    change: {
      costCentre: { title: 'Cost centre', type: 'text', maxLength: 50 },
      environment: {
        title: 'Environment',
        type: 'choice',
        choices: ['production', 'staging', 'test', 'development'],
      },
      isUserVisible: { title: 'Noticed by users', type: 'boolean' },
    },
  },
};

/** The schema in force for a decision. */
export function customFieldsPolicy(policies: PolicySet): Policy<CustomFieldSchema> {
  return (policies['customFields'] ?? customFieldsV1) as Policy<CustomFieldSchema>;
}

/**
 * The field of the process under this key, or the refusal `refused.unknown-custom-field` that names
 * those there are.
 */
export function customFieldOf(
  schema: Policy<CustomFieldSchema>,
  process: string,
  key: string,
): CustomField | Refusal {
  const fields = fieldsOf(schema, process);
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (field !== undefined) return field;
  const keys = Object.keys(fields);
  return refuse(
    'unknown-custom-field',
    `${schema.name} version ${schema.version} has no field ${key} for ${process}; ` +
      (keys.length === 0 ? 'it has none for it' : `it has ${keys.join(', ')}`),
    { fields: keys, schema: schema.name, version: schema.version },
  );
}

/** True where the value is what the field takes, else `refused.custom-field-value`. */
export function fitsCustomField(
  key: string,
  field: CustomField,
  value: CustomFieldValue,
): true | Refusal {
  const wanted = faultOf(field, value);
  return (
    wanted === undefined ||
    refuse('custom-field-value', `${key} takes ${wanted}`, { field: key, type: field.type })
  );
}

/** Keys of the mandatory fields that are not set yet. */
export function missingCustomFields(
  schema: Policy<CustomFieldSchema>,
  process: string,
  values: Readonly<Record<string, CustomFieldValue>>,
): readonly string[] {
  return Object.entries(fieldsOf(schema, process))
    .filter(([key, { mandatory }]) => mandatory === true && !Object.hasOwn(values, key))
    .map(([key]) => key);
}

function fieldsOf(
  { value }: Policy<CustomFieldSchema>,
  process: string,
): Readonly<Record<string, CustomField>> {
  return (Object.hasOwn(value, process) ? value[process] : undefined) ?? {};
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** What the field takes, in words, where the value is not that. */
function faultOf(field: CustomField, value: CustomFieldValue): string | undefined {
  switch (field.type) {
    case 'text':
      return typeof value === 'string' && value.length <= field.maxLength
        ? undefined
        : `a text of at most ${field.maxLength} characters`;
    case 'integer':
      return Number.isSafeInteger(value) && isWithin(field, value)
        ? undefined
        : `a whole number from ${field.min} to ${field.max}`;
    case 'number':
      return isWithin(field, value) ? undefined : `a number from ${field.min} to ${field.max}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'time':
      return isInstant(value)
        ? undefined
        : 'an ISO 8601 date and time with an offset, such as 2026-03-01T09:30:00Z';
    case 'choice':
      return field.choices.some((choice) => choice === value)
        ? undefined
        : `one of ${field.choices.join(', ')}`;
  }
}

function isWithin(
  { min, max }: { readonly min: number; readonly max: number },
  value: CustomFieldValue,
): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

function isInstant(value: CustomFieldValue): boolean {
  return typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}
