import { flows } from '@ledgerdesk/flows';
import { commandRoutesOf, type CommandRoute } from '@ledgerdesk/http';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { readModels } from '@ledgerdesk/read-models';
import type { Command } from 'commander';
import { fieldOptionsOf, RESERVED_FLAGS } from '../run/field-options';

/** What may be typed next at a place of the command line. */
export interface CompletionPlace {
  /** What was typed so far, under each of its names: `ledgerdesk run incident resolve`. */
  readonly places: readonly string[];
  readonly words: readonly string[];
  /** Also the options that say how to send a command. */
  readonly takesSendingOptions?: boolean;
}

/** The options that each command of `run` takes beside its fields. */
export const sendingOptions: readonly string[] = [...RESERVED_FLAGS];

/**
 * All places of the command line: verbs and options as the program declares them, processes,
 * commands, fields and their words, flows and read models as the definitions do.
 */
export function completionPlaces(program: Command): readonly CompletionPlace[] {
  const root = program.name();
  const shared = longFlags(program);
  return [
    { places: [root], words: [...program.commands.map((verb) => verb.name()), ...shared] },
    ...program.commands
      .filter((verb) => verb.name() !== 'run')
      .flatMap((verb) => placesOf(verb, root, shared)),
    ...runPlaces(`${root} run`),
  ];
}

function placesOf(
  command: Command,
  parent: string,
  shared: readonly string[],
): readonly CompletionPlace[] {
  const place = `${parent} ${command.name()}`;
  const words = [
    ...command.commands.map((child) => child.name()),
    ...command.registeredArguments.flatMap(
      (argument) => argument.argChoices ?? namesFor(argument.name(), command.parent?.name()),
    ),
    ...longFlags(command),
    ...shared,
  ];
  const values = command.options.flatMap(({ long, argChoices }) => {
    const known = argChoices ?? namesFor((long ?? '').slice(2), undefined);
    return known.length === 0 ? [] : [{ places: [`${place} ${long ?? ''}`], words: known }];
  });
  const children = command.commands.flatMap((child) => placesOf(child, place, shared));
  return [{ places: [place], words }, ...values, ...children];
}

function longFlags({ options }: Command): readonly string[] {
  return [...options.flatMap(({ long }) => (long === undefined ? [] : [long])), '--help'];
}

/** The names that an argument or an option called so takes, such as `rebuild <name>`. */
function namesFor(name: string, group: string | undefined): readonly string[] {
  const kind = name === 'name' ? group : name;
  if (kind === 'process') return processes.map((process) => process.name);
  if (kind === 'flows' || kind === 'flow') return flows.map((flow) => flow.name);
  if (kind === 'projections') return readModels.map((projection) => projection.name);
  return [];
}

function runPlaces(place: string): readonly CompletionPlace[] {
  return [
    { places: [place], words: [...processes.map(({ name }) => name), '--help'] },
    ...processes.flatMap((process) => processPlaces(process, `${place} ${process.name}`)),
  ];
}

function processPlaces(process: ProcessDefinition, place: string): readonly CompletionPlace[] {
  const routes = commandRoutesOf(process);
  return [
    { places: [place], words: [...routes.map(({ name }) => name), '--help'] },
    ...routes.flatMap((route) => commandPlaces(route, place)),
  ];
}

function commandPlaces(
  { name, segment, definition }: CommandRoute,
  parent: string,
): readonly CompletionPlace[] {
  const places = [name, ...(segment === null ? [] : [segment])].map((each) => `${parent} ${each}`);
  const fields = fieldOptionsOf(definition);
  return [
    { places, words: fields.map(({ flag }) => flag), takesSendingOptions: true },
    ...fields
      .filter(({ words }) => words.length > 0)
      .map(({ flag, words }) => ({ places: places.map((each) => `${each} ${flag}`), words })),
  ];
}
