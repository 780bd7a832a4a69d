import {
  defineEvents,
  policyReference,
  refuse,
  type Decision,
  type ProcessState,
} from '@ledgerdesk/kernel';
import {
  customFieldOf,
  customFieldsPolicy,
  fitsCustomField,
  missingCustomFields,
  type CustomField,
  type CustomFieldValue,
} from '../../policies/custom-fields';
import type { Block, BlockCommands, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import { ClearCustomField, SetCustomField } from '../commands/custom-fields.commands';
import { utc } from '../fields';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';

const customFieldEvents = defineEvents({
  CustomFieldSet: {
    version: 1,
    summary: 'A custom field got a value, by the schema that the event refers to.',
    fields: { field: 'text', from: 'json', to: 'json' },
  },
  CustomFieldCleared: {
    version: 1,
    summary: 'A custom field lost its value.',
    fields: { field: 'text', from: 'json', reason: 'text|null' },
  },
});

/** The custom fields of a ticket. */
export interface CustomFieldsPart {
  /** By key of the schema; one that is not set is absent. */
  readonly customFields: Readonly<Record<string, CustomFieldValue>>;
}

const folds: Folds<CustomFieldsPart, typeof customFieldEvents> = {
  CustomFieldSet: ({ customFields }, { data: { field, to } }) => ({
    customFields: { ...customFields, [field]: to as CustomFieldValue },
  }),
  CustomFieldCleared: ({ customFields }, { data: { field } }) => {
    const { [field]: cleared, ...left } = customFields;
    return cleared === undefined ? {} : { customFields: left };
  },
};

/** Fields that the organisation adds by a versioned schema; each change keeps both values. */
export function customFieldsBlock<Title extends string>(
  kind: TicketKind<Title>,
): Block<NamedEvents<Title, typeof customFieldEvents>, CustomFieldsPart> {
  const { title, name, activeStates } = kind;
  return {
    events: nameEvents(title, customFieldEvents),
    initial: { customFields: {} },
    folds: nameFolds(title, folds),
    factFolds: {},
    guards: {
      isOfCustomFieldSchema: defineGuard<CustomFieldsPart & ProcessState, SetCustomField>({
        unless: 'the schema in force has the field, and the value is what it takes',
        check: (_, { field: key, value }, { policies }) => {
          const field = customFieldOf(customFieldsPolicy(policies), name, key);
          return 'refused' in field ? field : fitsCustomField(key, field, value);
        },
      }),
      isClearableCustomField: defineGuard<CustomFieldsPart & ProcessState, ClearCustomField>({
        unless: 'the field is set, and the schema in force does not call for it',
        check: ({ customFields }, { field: key }, { policies }) => {
          if (!Object.hasOwn(customFields, key)) {
            return refuse('custom-field-not-set', `${key} has no value to take away`, {
              set: Object.keys(customFields),
            });
          }
          // A field that a later schema dropped can still be cleared.
          const field = customFieldOf(customFieldsPolicy(policies), name, key);
          return (
            'refused' in field ||
            field.mandatory !== true ||
            refuse('custom-field-mandatory', `${key} is mandatory; set another value instead`)
          );
        },
      }),
      hasMandatoryCustomFields: mandatoryGuard(name),
    },
    transitions: {
      [`Set${title}CustomField`]: { from: activeStates, guards: ['isOfCustomFieldSchema'] },
      [`Clear${title}CustomField`]: { from: activeStates, guards: ['isClearableCustomField'] },
    },
    commands: customFieldCommands(kind),
  };
}

/** For the step of a process by which all mandatory fields must be known: `ResolveIncident`. */
function mandatoryGuard(
  name: string,
): ReturnType<typeof defineGuard<CustomFieldsPart & ProcessState>> {
  return defineGuard<CustomFieldsPart & ProcessState>({
    unless: 'every mandatory custom field is set',
    stateOnly: true,
    check: ({ customFields }, _, { policies }) => {
      const missing = missingCustomFields(customFieldsPolicy(policies), name, customFields);
      return (
        missing.length === 0 ||
        refuse('custom-fields-missing', `set the custom fields first: ${missing.join(', ')}`, {
          missing,
        })
      );
    },
  });
}

function customFieldCommands({ title, name }: TicketKind): BlockCommands<CustomFieldsPart> {
  const emit = emitterOf<typeof customFieldEvents>(title);
  return {
    [`Set${title}CustomField`]: defineCommand<CustomFieldsPart & ProcessState, SetCustomField>({
      type: nameCommand(`Set${title}CustomField`, SetCustomField),
      summary: 'Set a custom field of the schema in force.',
      route: 'set-custom-field',
      permission: `${name}:edit`,
      emits: [`${title}CustomFieldSet`],
      example: { field: 'costCentre', value: 'CC-4711' },
      decide: ({ field: key, value }, { customFields }, { policies }): Decision => {
        const schema = customFieldsPolicy(policies);
        const field = customFieldOf(schema, name, key);
        if ('refused' in field) return field;
        const from = customFields[key] ?? null;
        const to = storedValue(field, value);
        return from === to
          ? refuse('no-change', `${key} has this very value already`)
          : [emit('CustomFieldSet', { field: key, from, to }, [policyReference(schema)])];
      },
    }),
    [`Clear${title}CustomField`]: defineCommand<CustomFieldsPart & ProcessState, ClearCustomField>({
      type: nameCommand(`Clear${title}CustomField`, ClearCustomField),
      summary: 'Take the value of a custom field away.',
      route: 'clear-custom-field',
      permission: `${name}:edit`,
      emits: [`${title}CustomFieldCleared`],
      example: { field: 'costCentre', reason: 'Booked elsewhere.' },
      decide: ({ field, reason }, { customFields }, { policies }) => [
        emit(
          'CustomFieldCleared',
          { field, from: customFields[field] ?? null, reason: reason ?? null },
          [policyReference(customFieldsPolicy(policies))],
        ),
      ],
    }),
  };
}

/** Times are kept in UTC, as everywhere. */
function storedValue({ type }: CustomField, value: CustomFieldValue): CustomFieldValue {
  return type === 'time' && typeof value === 'string' ? utc(value) : value;
}
