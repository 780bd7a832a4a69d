import type {
  CommandClass,
  NamedTicket,
  ProcessDefinition,
  ProcessState,
} from '@ledgerdesk/kernel';

/** The process whose ticket a field names; undefined where what it names is no ticket here. */
type NamedProcess<Command extends object> = string | ((command: Command) => string | undefined);

interface Naming {
  readonly process: NamedProcess<never>;
  readonly mayBeElsewhere: boolean;
}

// By the prototype of the class that declares the field: the bodies of blocks are inherited.
const namings = new WeakMap<object, Map<string, Naming>>();

/**
 * The field, or each entry of the list, is the id or the number of a ticket of the process, which
 * has to be there. `mayBeElsewhere`: it may also name something of another system, as long as it
 * does not read like an id or a number of this one.
 */
export function NamesTicket<Command extends object>(
  process: NamedProcess<Command>,
  { mayBeElsewhere = false }: { readonly mayBeElsewhere?: boolean } = {},
): (command: Command, field: string) => void {
  return (prototype, field) => {
    const fields = namings.get(prototype) ?? new Map<string, Naming>();
    namings.set(prototype, fields.set(field, { process, mayBeElsewhere }));
  };
}

/** The commands, each with what finds the tickets that its fields name. */
export function withNamedTickets<State extends ProcessState>(
  commands: ProcessDefinition<State>['commands'],
): ProcessDefinition<State>['commands'] {
  return Object.fromEntries(
    Object.entries(commands).map(([name, definition]) => {
      const fields = namingsOf(definition.type);
      return fields.size === 0
        ? [name, definition]
        : [name, { ...definition, names: (command) => namedBy(fields, command) }];
    }),
  );
}

function namingsOf({ prototype }: CommandClass): ReadonlyMap<string, Naming> {
  const all = new Map<string, Naming>();
  for (let each: unknown = prototype; isObject(each); each = Object.getPrototypeOf(each)) {
    for (const [field, naming] of namings.get(each) ?? []) all.set(field, naming);
  }
  return all;
}

function namedBy(
  fields: ReadonlyMap<string, Naming>,
  command: Readonly<Record<string, unknown>>,
): readonly NamedTicket[] {
  const found: NamedTicket[] = [];
  for (const [field, { process: named, mayBeElsewhere }] of fields) {
    const value = command[field];
    // Most commands name none, and this is asked of each.
    if (value === undefined || value === null) continue;
    const process = typeof named === 'string' ? named : named(command as never);
    if (process === undefined) continue;
    for (const ticket of [value].flat()) {
      if (typeof ticket === 'string') found.push({ field, process, ticket, mayBeElsewhere });
    }
  }
  return found;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
