import { open } from 'node:fs/promises';
import { messageOf, type Policy } from '@ledgerdesk/kernel';
import type { Team, Teams } from '@ledgerdesk/processes';
import { invalidConfiguration } from './configuration';

const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** As long as a group or a person may be called in a command. */
const NAME_LENGTH_MAX = 200;
const FORM = '{"version": 1, "teams": {"<group>": {"members": ["<person>"]}}}';

/**
 * Reads the policy of teams from a JSON file of up to 4 MiB: a version, to be raised with each
 * change, and the members of each closed group.
 *
 * @throws LedgerdeskError `invalid.configuration` that names the file, the place in it and what
 * would be right.
 */
export async function readTeamsFile(path: string): Promise<Policy<Teams>> {
  const fault = (what: string): Error =>
    invalidConfiguration('TEAMS_FILE', `TEAMS_FILE is "${path}", ${what}`);
  const content = parse(await readText(path, fault), fault);
  const { version, teams, ...rest } = objectOf(content, 'the file', ['version', 'teams'], fault);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw fault(`which has the unknown field ${unknown}; give ${FORM}`);
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    throw fault('where version is no whole number from 1; raise it with each change of the teams');
  }
  if (!isObject(teams)) throw fault(`where teams is no object of groups; give ${FORM}`);
  // Not by assignment: a group may be called `__proto__`.
  const value = Object.fromEntries(
    Object.entries(teams).map(([group, team]) => [group, teamOf(group, team, fault)]),
  );
  return { name: 'teams', version, value };
}

type Fault = (what: string) => Error;

function teamOf(group: string, team: unknown, fault: Fault): Team {
  const where = `teams.${group.slice(0, NAME_LENGTH_MAX)}`;
  if (!isName(group)) throw fault(`where ${where} is not called as a group may be; ${NAME_RULE}`);
  const { members, ...rest } = objectOf(team, where, ['members'], fault);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw fault(`where ${where} has the unknown field ${unknown}`);
  if (!Array.isArray(members)) throw fault(`where ${where}.members is no list; give names`);
  const seen = new Set<string>();
  for (const [index, member] of members.entries()) {
    const place = `${where}.members[${index}]`;
    if (!isName(member)) throw fault(`where ${place} is no name of a person; ${NAME_RULE}`);
    if (seen.has(member)) throw fault(`where ${place} names ${member} again; name each once`);
    seen.add(member);
  }
  return { members: [...seen] };
}

const NAME_RULE = `give one line of 1 to ${NAME_LENGTH_MAX} characters without blanks around it`;

function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= NAME_LENGTH_MAX &&
    value.trim() === value &&
    value.isWellFormed() &&
    !/\p{Cc}/u.test(value)
  );
}

function objectOf(
  value: unknown,
  where: string,
  fields: readonly string[],
  fault: Fault,
): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw fault(`where ${where} is no object; give ${FORM}`);
  const missing = fields.find((field) => !Object.hasOwn(value, field));
  if (missing !== undefined) throw fault(`where ${where} has no ${missing}; give ${FORM}`);
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readText(path: string, fault: Fault): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > FILE_BYTES_MAX) {
        throw new Error(`it has ${size} bytes, at most ${FILE_BYTES_MAX} are taken`);
      }
      return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fault(`which cannot be read: ${messageOf(error)}`);
  }
}

function parse(text: string, fault: Fault): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fault(`which is not JSON: ${messageOf(error)}; give ${FORM}`);
  }
}
