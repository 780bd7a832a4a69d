import { createCommandValidator, type FieldError } from '@ledgerdesk/engine';
import { LedgerdeskError, type CommandClass } from '@ledgerdesk/kernel';
import { IsOptional, IsString, Length } from 'class-validator';
import { commandBuilderFor } from '../request/command-body';

const REASON_LENGTH_MAX = 2_000;
const STEP_LENGTH_MAX = 200;
const TIME_LENGTH_MAX = 64;

/** Lets a parked instance try again what it was parked for. */
export class RetryFlow {
  @IsOptional()
  @IsString()
  @Length(1, REASON_LENGTH_MAX)
  reason?: string | null;
}

/** Lets a parked instance go on without what it was parked for. */
export class SkipFlow {
  @IsString()
  @Length(1, REASON_LENGTH_MAX)
  readonly reason: string = '';
}

/** Undoes what a parked instance did from a step on, last first, and ends it. */
export class CompensateFlow {
  @IsString()
  @Length(1, STEP_LENGTH_MAX)
  readonly step: string = '';

  @IsString()
  @Length(1, REASON_LENGTH_MAX)
  readonly reason: string = '';
}

/** Gives a timer that runs another time. */
export class MoveTimer {
  @IsString()
  @Length(1, TIME_LENGTH_MAX)
  readonly dueAt: string = '';

  @IsString()
  @Length(1, REASON_LENGTH_MAX)
  readonly reason: string = '';
}

/** Makes a checked instance of an act out of a body. */
export type ActReader<Act extends object> = (body: unknown) => Act;

/** Errors: `malformed.body`, `invalid.command` with each field that is wrong. */
export function actReaderFor<Act extends object>(type: CommandClass<Act>): ActReader<Act> {
  const build = commandBuilderFor(type);
  const validate = createCommandValidator(type);
  return (body) => {
    const act = build(body);
    const errors = validate(act);
    if (errors.length > 0) throw invalidAct(type.name, errors);
    return act as Act;
  };
}

function invalidAct(name: string, errors: readonly FieldError[]): LedgerdeskError {
  const fields = [...new Set(errors.map(({ field }) => field))].join(', ');
  return new LedgerdeskError(
    'invalid.command',
    `${name} is not valid in ${fields}; each fault is listed with what would be right`,
    { details: { command: name, errors } },
  );
}
