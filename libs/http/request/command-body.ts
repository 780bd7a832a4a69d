import { LedgerdeskError, type CommandClass } from '@ledgerdesk/kernel';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, ValidationTypes } from 'class-validator';

/**
 * Makes an instance of one command class from a body. Precomputed for each class: no reflection per
 * request.
 */
export type CommandBuilder = (body: unknown) => object;

type Build = (value: Readonly<Record<string, unknown>>) => object;

/**
 * A builder for the class and, where its fields hold objects of other validated classes (marked by
 * class-transformer's `@Type`), for those too. Copies what is there; whether it is right is the
 * validator's to say.
 */
export function commandBuilderFor(type: CommandClass): CommandBuilder {
  const build = builderOf(type, []);
  return (body) => {
    if (body === undefined) return build({});
    if (!isRecord(body)) {
      throw new LedgerdeskError('malformed.body', 'the body is no JSON object; send { … }');
    }
    return build(body);
  };
}

function builderOf(type: CommandClass, outer: readonly CommandClass[]): Build {
  const nested = nestedBuildersOf(type, [...outer, type]);
  return (value) => {
    const instance = new type() as Record<string, unknown>;
    for (const key of Object.keys(value)) {
      const build = nested?.get(key);
      instance[key] = build === undefined ? value[key] : buildNested(build, value[key]);
    }
    return instance;
  };
}

function nestedBuildersOf(
  type: CommandClass,
  path: readonly CommandClass[],
): ReadonlyMap<string, Build> | undefined {
  const builders = new Map<string, Build>();
  for (const name of nestedFieldsOf(type)) {
    const nestedType = nestedTypeOf(type, name);
    if (nestedType === undefined) continue;
    if (path.includes(nestedType)) {
      throw new LedgerdeskError('defect.recursive-command', `${type.name}.${name} contains itself`);
    }
    builders.set(name, builderOf(nestedType, path));
  }
  return builders.size === 0 ? undefined : builders;
}

/** The fields of a command class that hold objects of another validated class, or lists of them. */
export function nestedFieldsOf(type: CommandClass): readonly string[] {
  const fields = getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .filter((metadata) => metadata.type === ValidationTypes.NESTED_VALIDATION)
    .map((metadata) => metadata.propertyName);
  return [...new Set(fields)];
}

/** The class of a nested field, which only class-transformer knows: it is asked to make one. */
export function nestedTypeOf(type: CommandClass, field: string): CommandClass | undefined {
  const probe = plainToInstance(type, { [field]: {} }) as Readonly<Record<string, unknown>>;
  const made = probe[field];
  if (typeof made !== 'object' || made === null || made.constructor === Object) return undefined;
  return made.constructor as CommandClass;
}

function buildNested(build: Build, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => (isRecord(item) ? build(item) : item));
  }
  return isRecord(value) ? build(value) : value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
