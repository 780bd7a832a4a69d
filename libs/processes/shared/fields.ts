import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import { refuse, utcTimeOf, type Refusal } from '@ledgerdesk/kernel';

/** The longest text of each kind, in UTF-16 code units as JavaScript counts them. */
export const textLimits = {
  title: 200,
  name: 200,
  reference: 200,
  reason: 2_000,
  prose: 32_000,
} as const;

/** The highest number of a note, an attachment or a link within one ticket. */
const ENTRY_NUMBER_MAX = 1_000_000;

/** One line: a title, a name, a reference. */
export function Line(max: number = textLimits.name): PropertyDecorator {
  return all(IsString(), MaxLength(max), IsPlain({ multiline: false }));
}

/** Text of several lines: a description, a note, a reason. */
export function Prose(max: number = textLimits.prose): PropertyDecorator {
  return all(IsString(), MaxLength(max), IsPlain({ multiline: true }));
}

/** May be absent or null; what else is declared on the field holds only when it is there. */
export function Optional(): PropertyDecorator {
  return IsOptional();
}

/** May be absent unless the rest of the command asks for it; `when` completes «required where». */
export function RequiredIf<Command extends object>(
  condition: (command: Command) => boolean,
  when: string,
): (command: Command, field: string) => void {
  return (target, field) => {
    const isAsked = (command: Command, value: unknown): boolean =>
      isThere(value) || condition(command);
    ValidateIf(isAsked)(target, field);
    ValidateBy({
      name: 'requiredIf',
      constraints: [when],
      validator: {
        validate: isThere,
        defaultMessage: () => `$property is required where ${when}`,
      },
    })(target, field);
  };
}

/** Must be absent where another field excludes it; `when` completes «leave it out where». */
export function AbsentIf<Command extends object>(
  condition: (command: Command) => boolean,
  when: string,
): (command: Command, field: string) => void {
  return ValidateBy({
    name: 'absentIf',
    constraints: [when],
    validator: {
      validate: (value, rule) => !isThere(value) || !condition(rule?.object as Command),
      defaultMessage: () => `leave $property out where ${when}`,
    },
  });
}

/** One of the words. */
export function OneOf(words: readonly string[]): PropertyDecorator {
  return IsIn([...words], { message: `$property must be one of: ${words.join(', ')}` });
}

/** A level, a priority or a count: a whole number in the range. */
export function Whole(min: number, max: number): PropertyDecorator {
  return all(IsInt(), Min(min), Max(max));
}

/** The number of a note, an attachment or a link within its ticket. */
export function EntryNumber(): PropertyDecorator {
  return Whole(1, ENTRY_NUMBER_MAX);
}

/** Up to `max` different one-line texts. */
export function Lines(max: number): PropertyDecorator {
  const each: ValidationOptions = { each: true };
  return all(
    IsArray(),
    ArrayMaxSize(max),
    ArrayUnique(),
    IsString(each),
    MaxLength(textLimits.name, each),
    IsPlain({ multiline: false }, each),
  );
}

/** One to `max` one-line texts in an order that matters; the same text may stand in it twice. */
export function LinesInOrder(max: number): PropertyDecorator {
  const each: ValidationOptions = { each: true };
  return all(
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(max),
    IsString(each),
    MaxLength(textLimits.name, each),
    IsPlain({ multiline: false }, each),
  );
}

/** Up to `max` objects, each valid by the rules of its own class. */
export function ListOf(max: number, type: () => new () => object): PropertyDecorator {
  return all(IsArray(), ArrayMaxSize(max), ValidateNested({ each: true }), Type(type));
}

/** A text of up to `max` characters, a number or true or false: what a schema of fields checks. */
export function Scalar(max: number = textLimits.reason): PropertyDecorator {
  return ValidateBy({
    name: 'isScalar',
    constraints: [max],
    validator: {
      validate: (value) => isScalar(value, max),
      defaultMessage: () =>
        `$property must be a text of at most ${max} characters, a number, or true or false`,
    },
  });
}

/** A point in time with its offset, ISO 8601. */
export function Instant(): PropertyDecorator {
  return ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) => typeof value === 'string' && utcTimeOf(value) !== undefined,
      defaultMessage: () =>
        '$property must be an ISO 8601 date and time with an offset, such as 2026-03-01T09:30:00Z',
    },
  });
}

/** The instant in UTC with milliseconds, the form in which events carry times. */
export function utc(instant: string): string {
  return new Date(instant).toISOString();
}

/** A «no» where the instant, if there is one, lies beyond the business time. */
export function refusalOfFuture(
  field: string,
  instant: string | null | undefined,
  now: string,
): Refusal | undefined {
  if (!isThere(instant) || utc(instant) <= now) return undefined;
  return refuse('in-future', `${field} lies in the future; give a time up to ${now}`, {
    field,
    latest: now,
  });
}

/** A «no» where the instant, if there is one, does not lie ahead of the business time. */
export function refusalOfPast(
  field: string,
  instant: string | null | undefined,
  now: string,
): Refusal | undefined {
  if (!isThere(instant) || utc(instant) >= now) return undefined;
  return refuse('past-time', `${field} lies in the past; give a time from ${now} on`, {
    field,
    earliest: now,
  });
}

/** Neither absent nor null. */
export function isThere<Value>(value: Value): value is NonNullable<Value> {
  return value !== undefined && value !== null;
}

// A lone surrogate has no UTF-8 form, a NUL ends a string in half the world's software, and other
// control characters forge lines in terminals and logs.
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function IsPlain(
  { multiline }: { readonly multiline: boolean },
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isPlainText',
      validator: {
        validate: (value) => typeof value === 'string' && isPlain(value, multiline),
        defaultMessage: () =>
          `$property must be ${multiline ? 'text' : 'one line of text'} in well-formed Unicode, ` +
          'neither blank nor with control characters',
      },
    },
    options,
  );
}

function isPlain(text: string, multiline: boolean): boolean {
  if (text.trim() === '' || !text.isWellFormed() || CONTROL.test(text)) return false;
  return multiline || !/[\n\r\t]/.test(text);
}

function isScalar(value: unknown, max: number): boolean {
  if (typeof value === 'string') return value.length <= max && isPlain(value, true);
  return typeof value === 'boolean' || Number.isFinite(value);
}

function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, field) => {
    for (const decorate of decorators) decorate(target, field);
  };
}
