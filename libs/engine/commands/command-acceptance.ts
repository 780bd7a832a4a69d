import {
  getMetadataStorage,
  ValidationTypes,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { CommandClass } from '@ledgerdesk/kernel';

type RuleMetadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

type Fields = Readonly<Record<string, unknown>>;

/** The rules of one property, looked up once. */
interface PropertyRules {
  readonly property: string;
  /** Of `IsOptional` and `ValidateIf`: one «no», and no other rule of the property counts. */
  readonly conditions: readonly ((command: object, value: unknown) => unknown)[];
  readonly checks: readonly Check[];
  /** Has rules that only class-validator itself can follow. */
  readonly isBeyond: boolean;
}

interface Check {
  readonly constraint: ValidatorConstraintInterface;
  readonly metadata: RuleMetadata;
}

/** Whether a command certainly keeps all its rules. `false`: ask class-validator itself. */
export type CommandAcceptance = (command: object) => boolean;

/**
 * The shortest way to a yes: class-validator gathers the rules of a class anew for each object and
 * makes an error for each property before it knows of any, which is most of what a command costs.
 * Here the same constraints are asked, gathered once; what is doubtful or wrong goes to
 * class-validator, whose answer alone is told to the sender.
 */
export function createCommandAcceptance(type: CommandClass): CommandAcceptance {
  const storage = getMetadataStorage();
  const metadata = storage.getTargetValidationMetadatas(type, '', false, false);
  const rules = Object.entries(storage.groupByPropertyName(metadata)).map(([property, own]) =>
    rulesOf(property, own),
  );
  const known = new Set(rules.map(({ property }) => property));
  return (command) => {
    if (command.constructor !== type) return false;
    for (const property of Object.keys(command)) if (!known.has(property)) return false;
    return rules.every((own) => isKept(own, command));
  };
}

function rulesOf(property: string, metadata: readonly RuleMetadata[]): PropertyRules {
  const ofType = (type: string): RuleMetadata[] => metadata.filter((rule) => rule.type === type);
  const conditional = ofType(ValidationTypes.CONDITIONAL_VALIDATION);
  const custom = ofType(ValidationTypes.CUSTOM_VALIDATION);
  const allowed = ofType(ValidationTypes.WHITELIST);
  return {
    property,
    conditions: conditional.map(({ constraints }) => constraints[0] as never),
    checks: custom.flatMap((rule) =>
      getMetadataStorage()
        .getTargetValidatorConstraints(rule.constraintCls)
        .map(({ instance }) => ({ constraint: instance, metadata: rule })),
    ),
    isBeyond: conditional.length + custom.length + allowed.length < metadata.length,
  };
}

function isKept(
  { property, conditions, checks, isBeyond }: PropertyRules,
  command: object,
): boolean {
  const value = (command as Fields)[property];
  for (const condition of conditions) if (!condition(command, value)) return true;
  if (isBeyond) return false;
  for (const check of checks) if (!isPassed(check, command, value)) return false;
  return true;
}

function isPassed({ constraint, metadata }: Check, command: object, value: unknown): boolean {
  if (metadata.validateIf !== undefined && !metadata.validateIf(command, value)) return true;
  const details: ValidationArguments = {
    targetName: command.constructor.name,
    property: metadata.propertyName,
    object: command,
    value,
    constraints: metadata.constraints,
  };
  // A promise is not true, so an asynchronous rule is left to class-validator.
  if (!metadata.each || !Array.isArray(value)) return constraint.validate(value, details) === true;
  return value.every((item) => constraint.validate(item, details) === true);
}
