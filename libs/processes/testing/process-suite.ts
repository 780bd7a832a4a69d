import { lifecycleFaults, type ProcessDefinition, type ProcessState } from '@ledgerdesk/kernel';
import {
  checkProcessModel,
  type ModelCoverage,
  type ModelOptions,
  type ProcessModel,
} from '@ledgerdesk/kernel/testing';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

/**
 * The model-based suite of a process: its table is sound, random lives keep to it, every state,
 * command and event is come by, every guard has a use, every example is valid.
 */
export function describeProcessModel<State extends ProcessState>(
  model: ProcessModel<State>,
  options: ModelOptions,
): void {
  const { process } = model;
  const { lifecycle, guards, commands, events } = process;

  describe(`the ${process.name} as a model of its lifecycle table`, () => {
    let coverage: ModelCoverage;

    beforeAll(() => {
      coverage = checkProcessModel(model, options);
    });

    it('has a sound lifecycle', () => {
      expect(lifecycleFaults(lifecycle, Object.keys(guards))).toEqual([]);
    });

    it('has a place in the lifecycle for each command, and a command for each place', () => {
      expect(Object.keys(lifecycle.transitions).sort()).toEqual(Object.keys(commands).sort());
    });

    it('reaches every state by accepted commands', () => {
      expect([...coverage.states].sort()).toEqual(Object.keys(lifecycle.states).sort());
    });

    it('finds a way out of every state that is not final, and none out of one that is', () => {
      const unfinished = Object.entries(lifecycle.states).filter(([, each]) => each.final !== true);
      expect([...coverage.left].sort()).toEqual(unfinished.map(([name]) => name).sort());
    });

    it('accepts every command somewhere', () => {
      expect([...coverage.accepted].sort()).toEqual(Object.keys(commands).sort());
    });

    it('leaves every event somewhere', () => {
      expect([...coverage.emitted].sort()).toEqual(Object.keys(events).sort());
    });

    it('has a use for each guard', () => {
      const asked = Object.values(lifecycle.transitions).flatMap((each) => each.guards ?? []);
      expect(Object.keys(guards).filter((name) => !asked.includes(name))).toEqual([]);
    });

    it.each(Object.keys(commands))('%s has a valid example', (name) => {
      expect(wrongFields(process, name, commands[name]?.example ?? {})).toEqual([]);
    });
  });
}

/** The fields of a command's body that its rules find wrong, in alphabetical order. */
export function wrongFields<State extends ProcessState>(
  process: ProcessDefinition<State>,
  name: string,
  body: object,
): readonly string[] {
  const definition = process.commands[name];
  if (definition === undefined) throw new Error(`${process.name} has no command ${name}`);
  // class-validator has no rules for a command without fields, and takes it for a mistake.
  if (Object.keys(body).length === 0 && Object.keys(definition.example).length === 0) return [];
  return validateSync(plainToInstance(definition.type, body), {
    whitelist: true,
    forbidNonWhitelisted: true,
  })
    .map(({ property }) => property)
    .sort();
}
