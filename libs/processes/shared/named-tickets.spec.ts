import { getMetadataStorage } from 'class-validator';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import * as catalogue from '../catalogue';

// Goal: no field that names a ticket of this system takes one that is not there. Method: the names
// of the fields, and the declaration that the engine reads.

const processes: readonly ProcessDefinition[] = Object.values(catalogue) as never;

/** What fields are called that name tickets. */
const NAMING: ReadonlySet<string> = new Set([
  ...['change', 'changes', 'incident', 'incidents', 'incidentsCaused', 'problem', 'primary'],
  ...['parent', 'original', 'duplicateOf', 'excludedChildren', 'majorIncident', 'meeting'],
  ...['template', 'freezeWindow', 'freezeWindows', 'lockdown', 'successor', 'knownError'],
  ...['configurationItem', 'configurationItems', 'affectedItems'],
]);

function commandsOf(
  process: ProcessDefinition,
): readonly [string, ProcessDefinition['commands'][string]][] {
  return Object.entries(process.commands).filter(([, { internal }]) => internal !== true);
}

function fieldsOf(type: new () => object): readonly string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

const naming = processes.flatMap((process) =>
  commandsOf(process).flatMap(([name, definition]) =>
    fieldsOf(definition.type)
      .filter((field) => NAMING.has(field))
      .map((field) => [name, field, definition] as const),
  ),
);

describe('the tickets that commands name', () => {
  it('are found in dozens of fields', () => {
    expect(naming.length).toBeGreaterThan(30);
  });

  // Guards that look at the ticket refuse by themselves; all else is asked by the engine.
  it.each(naming)('%s says what its %s names', (_, field, { names, needs }) => {
    const named = names?.({ [field]: ['X-1'] }).map((ticket) => ticket.field) ?? [];
    expect(needs !== undefined || named.includes(field)).toBe(true);
  });

  it('are those of the process that another field tells', () => {
    const { names } = catalogue.incidentProcess.commands['LinkIncident'] ?? {};
    expect(names?.({ type: 'relates-to', targetKind: 'change', target: 'CHG-000001' })).toEqual([
      { field: 'target', process: 'change', ticket: 'CHG-000001', mayBeElsewhere: true },
    ]);
    expect(names?.({ type: 'relates-to', targetKind: 'vendor', target: 'ACME' })).toEqual([]);
  });
});
