import { commandSchemaOf, type JsonSchema } from '@ledgerdesk/http';
import { LedgerdeskError, type CommandDefinition } from '@ledgerdesk/kernel';
import { Option } from 'commander';

/** A field of a command as an option of the command line. */
export interface FieldOption {
  /** As in the body: `holdReason`. */
  readonly field: string;
  /** As typed: `--hold-reason`. */
  readonly flag: string;
  readonly isRequired: boolean;
  /** The words that it takes, where it takes no others. */
  readonly words: readonly string[];
  readonly help: string;
  readonly kind: FieldKind;
}

type FieldKind = 'text' | 'number' | 'boolean' | 'scalar' | 'json' | 'texts' | 'objects';

/** Flags that say how to send a command; a field of such a name goes into `--json-body` only. */
export const RESERVED_FLAGS: ReadonlySet<string> = new Set([
  '--actor',
  '--data',
  '--dry-run',
  '--help',
  '--if-match',
  '--json',
  '--json-body',
  '--key',
  '--occurred-at',
  '--on-behalf-of',
  '--url',
]);

/** The options of a command, from the very rules that validate its body. */
export function fieldOptionsOf({ type }: Pick<CommandDefinition, 'type'>): readonly FieldOption[] {
  const schema = commandSchemaOf(type);
  const required = (schema['required'] ?? []) as readonly string[];
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>;
  return Object.entries(properties)
    .map(([field, property]) => fieldOption(field, property, required.includes(field)))
    .filter(({ flag }) => !RESERVED_FLAGS.has(flag));
}

/** The option as commander takes it. */
export function commanderOption({ flag, kind, words, help }: FieldOption): Option {
  const value = words.length > 0 ? 'word' : VALUE_NAMES[kind];
  const option = new Option(kind === 'boolean' ? `${flag} [yes]` : `${flag} <${value}>`, help);
  if (kind !== 'texts' && kind !== 'objects') return option;
  return option.argParser((text: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    text,
  ]);
}

/**
 * The value of a field from what was typed. What does not read as its type goes on as text, so that
 * the rules of the command say what would be right.
 *
 * @throws LedgerdeskError `malformed.option` for JSON that cannot be read.
 */
export function fieldValue(
  { flag, kind }: FieldOption,
  typed: string | boolean | readonly string[],
): unknown {
  if (typeof typed === 'boolean') return typed;
  if (typeof typed !== 'string') {
    return kind === 'objects' ? typed.map((text) => jsonOf(flag, text)) : typed;
  }
  if (kind === 'json') return jsonOf(flag, typed);
  if (kind === 'number' || kind === 'scalar') {
    const number = numberOf(typed);
    if (number !== undefined) return number;
  }
  if ((kind === 'boolean' || kind === 'scalar') && /^(true|false)$/.test(typed)) {
    return typed === 'true';
  }
  return typed;
}

/** Reads JSON that was typed. Errors: `malformed.option`. */
export function jsonOf(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LedgerdeskError(
      'malformed.option',
      `${flag} is "${text.slice(0, 100)}", which is no JSON; give such as '{"field":"value"}'`,
      { cause, details: { option: flag } },
    );
  }
}

const VALUE_NAMES: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  number: 'number',
  boolean: 'yes',
  scalar: 'value',
  json: 'json',
  texts: 'text',
  objects: 'json',
};

function fieldOption(field: string, schema: JsonSchema, isRequired: boolean): FieldOption {
  const words = wordsOf(schema);
  const kind = kindOf(schema);
  const remarks = [
    isRequired ? 'required' : '',
    words.length > 0 ? `one of ${words.join(', ')}` : '',
    typeof schema['description'] === 'string' ? schema['description'] : '',
    schema['format'] === 'date-time' ? 'a time with its offset' : '',
    kind === 'texts' || kind === 'objects' ? 'may be repeated' : '',
  ];
  return {
    field,
    flag: `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    isRequired,
    words,
    kind,
    help: remarks.filter((remark) => remark !== '').join('; '),
  };
}

function wordsOf({ enum: words }: JsonSchema): readonly string[] {
  if (!Array.isArray(words)) return [];
  return (words as readonly unknown[]).filter((word) => typeof word === 'string');
}

function kindOf(schema: JsonSchema): FieldKind {
  const types = [schema['type']].flat().filter((type) => type !== 'null');
  if (types.length > 1) return 'scalar';
  switch (types[0]) {
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'object':
      return 'json';
    case 'array':
      return (schema['items'] as JsonSchema | undefined)?.['type'] === 'object'
        ? 'objects'
        : 'texts';
    default:
      return 'text';
  }
}

function numberOf(text: string): number | undefined {
  return /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
