import {
  canonicalJson,
  hasErrorCode,
  LedgerdeskError,
  type CommandClass,
} from '@ledgerdesk/kernel';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { createCommandAcceptance } from './command-acceptance';

/** One rule that one field of a command breaks. */
export interface FieldError {
  /** Path without a leading slash: `notes`, `attachments/0/digest`. */
  readonly field: string;
  readonly message: string;
  /** The rule's name, as class-validator calls it: `maxLength`. */
  readonly rule: string;
}

const RULES = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  // The object that a fault is in: only its class is looked at, for the fields that it has.
  validationError: { target: true, value: false },
} as const;

const WHITELIST_RULE = 'whitelistValidation';
const FIELD_NAME_LENGTH_MAX = 80;

/** Fields that are named in one answer; a hostile body may break more. */
const FIELD_ERRORS_MAX = 100;

/** Finds what is wrong with instances of one command class. Empty: nothing. */
export type CommandValidator = (command: object) => readonly FieldError[];

export function createCommandValidator(type: CommandClass): CommandValidator {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  // class-validator calls each instance of a class without rules an unknown value.
  if (rules.length === 0) {
    return (command) => Object.keys(command).map((field) => unknownField(field, type));
  }
  const accepts = createCommandAcceptance(type);
  return (command) => {
    if (accepts(command)) return NO_ERRORS;
    const errors = validateSync(command, RULES);
    return errors.length === 0 ? NO_ERRORS : flatten(errors, '').slice(0, FIELD_ERRORS_MAX);
  };
}

const NO_ERRORS: readonly FieldError[] = [];

/** `invalid.command`, with each field that is wrong in `details.errors`. */
export function invalidCommand(name: string, errors: readonly FieldError[]): LedgerdeskError {
  const fields = [...new Set(errors.map((error) => error.field))].join(', ');
  return new LedgerdeskError(
    'invalid.command',
    `${name} is not valid in ${fields || 'its body'}; each fault is listed with what would be right`,
    { details: { command: name, errors } },
  );
}

/** The fields of a command that have no canonical JSON form, asked once that is known. */
export function notCanonicalFields(command: object): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [field, value] of Object.entries(command)) {
    const message = faultOf(value);
    if (message !== undefined) errors.push({ field, message, rule: 'isCanonicalJson' });
  }
  return errors;
}

function faultOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  try {
    canonicalJson(value);
    return undefined;
  } catch (error) {
    if (hasErrorCode(error, 'malformed.not-canonical')) return error.message;
    throw error;
  }
}

function flatten(errors: readonly ValidationError[], parent: string): FieldError[] {
  return errors.flatMap(({ property, constraints, children, target }) => {
    const field = property === '' ? parent : `${parent}${escapeSegment(property)}`;
    const isMissing = (target as Fields | undefined)?.[property] === undefined;
    const own = tellingRulesOf(constraints ?? {}).map(([rule, message]) => ({
      field,
      message: messageOf(rule, message, { property, target, isMissing }),
      rule,
    }));
    return [...own, ...flatten(children ?? [], `${field}/`)];
  });
}

type Fields = Readonly<Record<string, unknown>>;

function messageOf(
  rule: string,
  message: string,
  {
    property,
    target,
    isMissing,
  }: { property: string; target: object | undefined; isMissing: boolean },
): string {
  if (rule === WHITELIST_RULE) return unknownMessage(property, target?.constructor);
  return isMissing && rule !== 'requiredIf' ? `${property} is missing: ${message}` : message;
}

// What is missing or of another type breaks each other rule as well: it is not too long besides.
const FIRST_RULES = ['requiredIf', 'isArray', 'isString', 'isInt', 'isNumber', 'isBoolean'];

function tellingRulesOf(
  constraints: Readonly<Record<string, string>>,
): readonly (readonly [rule: string, message: string])[] {
  const broken = Object.entries(constraints);
  const first = FIRST_RULES.find((rule) => Object.hasOwn(constraints, rule));
  return first === undefined ? broken : broken.filter(([rule]) => rule === first);
}

/** As in a JSON pointer (RFC 6901). */
function escapeSegment(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unknownField(property: string, type: CommandClass): FieldError {
  return {
    field: escapeSegment(property),
    message: unknownMessage(property, type),
    rule: WHITELIST_RULE,
  };
}

// `type` as class-validator finds its rules: by the constructor of the object.
function unknownMessage(property: string, type: unknown): string {
  const rules =
    typeof type === 'function'
      ? getMetadataStorage().getTargetValidationMetadatas(type, '', true, false)
      : [];
  const fields = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const known = fields.length === 0 ? 'there is none' : `there is ${fields.join(', ')}`;
  return `there is no field ${property.slice(0, FIELD_NAME_LENGTH_MAX)} here; ${known}`;
}
