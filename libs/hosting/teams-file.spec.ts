import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMemberOfTeam } from '@ledgerdesk/processes';
import { readTeamsFile } from './teams-file';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-teams-'));
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function fileOf(content: string | Buffer): Promise<string> {
  const path = join(dir, 'teams.json');
  await writeFile(path, content);
  return path;
}

describe('the teams file', () => {
  it('becomes the policy of teams in its version', async () => {
    const teams = { messaging: { members: ['li.w', 'omar.s'] }, dissolved: { members: [] } };
    const path = await fileOf(JSON.stringify({ version: 7, teams }));
    expect(await readTeamsFile(path)).toEqual({ name: 'teams', version: 7, value: teams });
  });

  it('may list a group with a name that objects have a meaning for', async () => {
    const path = await fileOf('{"version":1,"teams":{"__proto__":{"members":["li.w"]}}}');
    const teams = await readTeamsFile(path);
    expect(isMemberOfTeam(teams, '__proto__', 'li.w')).toBe(true);
    expect(isMemberOfTeam(teams, '__proto__', 'eve')).toMatchObject({
      refused: 'refused.not-a-member',
    });
  });

  it.each([
    ['is not JSON', '{"version": 1,', /is not JSON/],
    ['is no object', '[]', /the file is no object/],
    ['has no version', '{"teams":{}}', /has no version/],
    ['has no teams', '{"version":1}', /has no teams/],
    ['has a field too many', '{"version":1,"teams":{},"team":{}}', /unknown field team;/],
    ['has a version of zero', '{"version":0,"teams":{}}', /version is no whole number/],
    ['has a version in words', '{"version":"1","teams":{}}', /version is no whole number/],
    ['lists teams in a list', '{"version":1,"teams":[]}', /teams is no object of groups/],
    ['lists members alone', '{"version":1,"teams":{"a":["li.w"]}}', /teams\.a is no object/],
    ['has a team without members', '{"version":1,"teams":{"a":{}}}', /teams\.a has no members/],
    [
      'has a team with more than members',
      '{"version":1,"teams":{"a":{"members":[],"lead":"li.w"}}}',
      /teams\.a has the unknown field lead/,
    ],
    [
      'has members in words',
      '{"version":1,"teams":{"a":{"members":"li.w"}}}',
      /teams\.a\.members is no list/,
    ],
    [
      'has a member without a name',
      '{"version":1,"teams":{"a":{"members":["li.w"," "]}}}',
      /teams\.a\.members\[1\] is no name/,
    ],
    [
      'has a member twice',
      '{"version":1,"teams":{"a":{"members":["li.w","li.w"]}}}',
      /teams\.a\.members\[1\] names li\.w again/,
    ],
    ['has a group without a name', '{"version":1,"teams":{"":{"members":[]}}}', /not called as/],
    ['is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /cannot be read/],
    ['is larger than it may be', Buffer.alloc(4 * 1024 * 1024 + 1, ' '), /at most 4194304/],
  ])('is refused when it %s', async (_what, content, message) => {
    const path = await fileOf(content);
    await expect(readTeamsFile(path)).rejects.toMatchObject({
      code: 'invalid.configuration',
      message: expect.stringMatching(message) as string,
      details: { variable: 'TEAMS_FILE' },
    });
  });

  it('is refused when it is not there, naming the path', async () => {
    const path = join(dir, 'absent.json');
    await expect(readTeamsFile(path)).rejects.toMatchObject({
      code: 'invalid.configuration',
      message: expect.stringContaining(path) as string,
    });
  });
});
