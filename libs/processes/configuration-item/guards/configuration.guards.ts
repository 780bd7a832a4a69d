import {
  refuse,
  ticketKey,
  type DecisionContext,
  type Guard,
  type ProcessState,
  type Refusal,
} from '@ledgerdesk/kernel';
import { defineGuard } from '../../shared/command-definition';
import { isThere } from '../../shared/fields';
import type { Authorised } from '../commands/authority';
import type { RegisterCI } from '../commands/registration.commands';
import type { CIState } from '../configuration-item.state';
import {
  attributeFault,
  ciClassSchema,
  concreteClasses,
  type CIClassSchema,
} from '../policies/ci-classes';
import { ciPolicies } from '../policies/ci-policies';
import { changeAddress } from '../rules/ci-command';

type Context = DecisionContext<CIState>;

/** What is read of the state of a change; the change process declares the whole. */
interface ChangeView extends ProcessState {
  /** Why it is held; empty where it is not. */
  readonly holds?: readonly unknown[];
  readonly configurationItems?: readonly string[];
}

/** The guards of registering an item and changing its attributes. */
export const configurationGuards: Readonly<Record<string, Guard<CIState>>> = {
  isOfKnownClass: defineGuard<CIState, RegisterCI>({
    unless: 'the schema in force knows the class, and items can be of it',
    check: (_, { ciClass }, { policies }) => {
      const classes = ciPolicies(policies).ciClasses.value;
      const schema = ciClassSchema(classes, ciClass);
      return (
        schema?.isAbstract === false ||
        refuse(
          'ci-class',
          `no item can be of the class ${ciClass}; there is ${concreteClasses(classes).join(', ')}`,
          {
            classes: concreteClasses(classes),
          },
        )
      );
    },
  }),
  fitsClass: defineGuard<CIState, RegisterCI>({
    unless: 'it is identified and has every mandatory attribute, each as the class declares it',
    check: checkFitsClass,
  }),
  hasOneAuthority: defineGuard<CIState, Authorised>({
    unless: 'either a change or a discovery run is named, not both',
    check: (_, { change, discoveryRun }) =>
      isThere(change) !== isThere(discoveryRun) ||
      refuse('authority', 'name either the change or the discovery run that it is done by'),
  }),
  isChangeUnderWay: defineGuard<CIState, Authorised>({
    unless:
      'the change, where one is named, is authorised, in implementation or review, and covers the item',
    check: checkChange,
  }),
  isChangeableAttribute: defineGuard<CIState, { attribute: string }>({
    unless: 'the class has the attribute, and items are not identified by it',
    check: (state, { attribute }, { policies }) => {
      const schema = schemaOf(state, policies);
      if (!Object.hasOwn(schema?.attributes ?? {}, attribute)) {
        return unknownAttribute(schema, attribute);
      }
      return (
        schema?.identifiedBy.includes(attribute) !== true ||
        refuse('identifying-attribute', `${attribute} identifies the item; register a new one`)
      );
    },
  }),
  fitsAttribute: defineGuard<CIState, AttributeValues>({
    unless:
      'the value is as the class declares the attribute, and a mandatory one is not taken away',
    check: checkFitsAttribute,
  }),
  isAttributeOfClass: defineGuard<CIState, { attribute: string }>({
    unless: 'the class has the attribute',
    check: (state, { attribute }, { policies }) => {
      const schema = schemaOf(state, policies);
      return (
        Object.hasOwn(schema?.attributes ?? {}, attribute) || unknownAttribute(schema, attribute)
      );
    },
  }),
  hasNamedAttributes: defineGuard<CIState, { attributes?: readonly string[] | null }>({
    unless: 'the item has a value for each attribute that is named',
    check: (state, { attributes }) => {
      const absent = (attributes ?? []).find((name) => !Object.hasOwn(state.attributes, name));
      return (
        absent === undefined ||
        refuse(
          'unknown-attribute',
          `the item has no ${absent}; it has ${Object.keys(state.attributes).join(', ')}`,
          {
            attributes: Object.keys(state.attributes),
          },
        )
      );
    },
  }),
};

/** The class of the item in the schema in force. */
export function schemaOf(
  { ciClass }: Pick<CIState, 'ciClass'>,
  policies: Context['policies'],
): CIClassSchema | undefined {
  return ciClassSchema(ciPolicies(policies).ciClasses.value, ciClass ?? '');
}

interface AttributeValues {
  readonly attribute: string;
  readonly value?: unknown;
  readonly candidates?: readonly { readonly value: unknown }[];
}

function checkFitsAttribute(
  state: CIState,
  { attribute: name, value, candidates }: AttributeValues,
  { policies }: Context,
): true | Refusal {
  const attribute = schemaOf(state, policies)?.attributes[name];
  if (attribute === undefined) return true;
  const values = candidates?.map((candidate) => candidate.value) ?? [value ?? null];
  for (const each of values) {
    if (each === null && attribute.isMandatory !== true) continue;
    const fault = attributeFault(each, attribute);
    if (fault !== undefined) return misfit(name, fault);
  }
  return true;
}

function checkFitsClass(_: CIState, command: RegisterCI, { policies }: Context): true | Refusal {
  const schema = schemaOf(command, policies);
  if (schema === undefined) return true;
  const { identifiedBy } = schema;
  if (command.identification.length !== identifiedBy.length) {
    const names = identifiedBy.join(', ');
    return refuse('identification', `a ${schema.name} is identified by ${names}; give these`, {
      identifiedBy,
    });
  }
  const further = Object.keys(command.attributes ?? {});
  const twice = further.find((name) => identifiedBy.includes(name));
  if (twice !== undefined) {
    return refuse('identifying-attribute', `${twice} identifies the item; give it there only`);
  }
  const unknown = further.find((name) => !Object.hasOwn(schema.attributes, name));
  if (unknown !== undefined) return unknownAttribute(schema, unknown);
  const values = initialAttributes(schema, command);
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    const value = values[name];
    if (!isThere(value)) {
      if (attribute.isMandatory === true) return misfit(name, 'is mandatory');
      continue;
    }
    const fault = attributeFault(value, attribute);
    if (fault !== undefined) return misfit(name, fault);
  }
  return true;
}

/** The attributes of a new item: those that identify it, and what else is given. */
export function initialAttributes(
  { identifiedBy }: Pick<CIClassSchema, 'identifiedBy'>,
  { identification, attributes }: Pick<RegisterCI, 'identification' | 'attributes'>,
): Readonly<Record<string, unknown>> {
  const identifying = identifiedBy.map((name, index) => [name, identification[index]] as const);
  const further = Object.entries(attributes ?? {}).filter(([, value]) => isThere(value));
  return Object.fromEntries([...further, ...identifying]);
}

function checkChange(state: CIState, { change }: Authorised, context: Context): true | Refusal {
  if (!isThere(change)) return true;
  const found = context.related.get(ticketKey(changeAddress(change)));
  if (found === undefined) {
    return refuse('related-missing', `there is no change ${change}; name one that is there`, {
      reference: change,
    });
  }
  const { state: at, holds = [], configurationItems } = found.state as ChangeView;
  if ((at !== 'implement' && at !== 'review') || holds.length > 0) {
    const where = holds.length > 0 ? 'on hold' : String(at);
    return refuse(
      'change-not-under-way',
      `the change ${change} is ${where}; the record is changed while it is implemented or reviewed`,
      { change, state: at },
    );
  }
  const names = [state.id, state.number, state.name];
  return (
    configurationItems === undefined ||
    names.some((name) => name !== null && configurationItems.includes(name)) ||
    refuse('change-scope', `the change ${change} does not cover the item; have it added`, {
      change,
      configurationItems,
    })
  );
}

function unknownAttribute(schema: CIClassSchema | undefined, name: string): Refusal {
  const attributes = Object.keys(schema?.attributes ?? {});
  return refuse(
    'unknown-attribute',
    `a ${schema?.name ?? 'retired class'} has no ${name}; it has ${attributes.join(', ')}`,
    { attributes },
  );
}

function misfit(name: string, fault: string): Refusal {
  return refuse('attribute-value', `${name} ${fault}`, { attribute: name });
}
