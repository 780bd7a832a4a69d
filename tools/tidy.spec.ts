import { environmentFaults, errorCodeFaults } from './tidy/agreement-checks';
import {
  bannedTextsIn,
  filesTooLong,
  linesTooLong,
  longFiles,
  namesWithoutRole,
} from './tidy/code-checks';
import { brokenLinks, decisionFaults } from './tidy/document-checks';
import { foreignFiles, looseVersions } from './tidy/file-checks';
import { projectFiles, type Findings, type ProjectFile } from './tidy/project-files';
import { undocumentedExports } from './tidy/public-api-checks';

// Goal: what no linter sees stays true of the whole tree. Method: each check is a function from
// files to findings; it runs over the project, which must give none, and over samples that break
// it, which must be found, so that no check can pass by looking at nothing.

const file = (path: string, text: string, more: Partial<ProjectFile> = {}): ProjectFile => ({
  path,
  text,
  bytes: text.length,
  executable: false,
  ...more,
});

let project: readonly ProjectFile[];

beforeAll(async () => {
  project = await projectFiles();
});

type Check = (files: readonly ProjectFile[]) => Findings;

const checks: readonly (readonly [string, Check])[] = [
  ['lines of code fit into 100 columns', linesTooLong],
  ['files of code fit into 400 lines', (files) => filesTooLong(files, longFiles)],
  ['no banned word or call is used', bannedTextsIn],
  ['files and folders are named for their role', namesWithoutRole],
  ['no large, executable or database file is in the tree', foreignFiles],
  ['packages are pinned, and alike in all workspaces', looseVersions],
  ['links in Markdown lead somewhere', brokenLinks],
  ['decisions are numbered and have a status', decisionFaults],
  ['each error code is described once', errorCodeFaults],
  ['each environment variable is explained', environmentFaults],
  ['each public export is documented', undocumentedExports],
];

describe('the project', () => {
  it.each(checks)('%s', (_, check) => {
    expect(check(project)).toEqual([]);
  });

  it('is seen by the checks', () => {
    const paths = project.map(({ path }) => path);

    expect(paths).toEqual(expect.arrayContaining(['package.json', 'libs/kernel/index.ts']));
    expect(paths.filter((path) => /(^|\/)(node_modules|dist)\//.test(path))).toEqual([]);
  });
});

interface Sample {
  readonly fault: string;
  readonly check: Check;
  readonly files: readonly ProjectFile[];
  readonly finding: RegExp;
}

const samples: readonly Sample[] = [
  {
    fault: 'a line of 101 columns',
    check: linesTooLong,
    files: [file('libs/a.ts', `const a = ${'x'.repeat(90)};`)],
    finding: /^libs\/a\.ts:1 has 101 columns/,
  },
  {
    fault: 'a file of 401 lines',
    check: (files) => filesTooLong(files, {}),
    files: [file('libs/a.ts', 'a;\n'.repeat(401))],
    finding: /^libs\/a\.ts has more than 400 lines/,
  },
  {
    fault: 'an excuse for a file that is short',
    check: (files) => filesTooLong(files, { 'libs/a.ts': 'a table' }),
    files: [file('libs/a.ts', 'a;\n')],
    finding: /^libs\/a\.ts is excused/,
  },
  {
    fault: 'a note of work to come',
    check: bannedTextsIn,
    files: [file('libs/a.ts', 'a;\n// TODO later\n')],
    finding: /^libs\/a\.ts:2 has "TODO": do it now/,
  },
  {
    fault: 'a focused test',
    check: bannedTextsIn,
    files: [file('libs/a.spec.ts', 'it.only(a);')],
    finding: /run every test/,
  },
  {
    fault: 'a skipped chapter with a table',
    check: bannedTextsIn,
    files: [file('libs/a.spec.ts', 'describe.each([]).skip(a); describe.skip.each([]);')],
    finding: /run every test/,
  },
  {
    fault: 'a rule switched off without a reason',
    check: bannedTextsIn,
    files: [file('libs/a.ts', '// eslint-disable-next-line eqeqeq')],
    finding: /say why/,
  },
  {
    fault: 'a sleep in a test',
    check: bannedTextsIn,
    files: [file('libs/a.spec.ts', 'await new Promise((r) => setTimeout(r, 50));')],
    finding: /wait for a condition/,
  },
  {
    fault: 'chance in a test',
    check: bannedTextsIn,
    files: [file('libs/a.spec.ts', 'const n = Math.random();')],
    finding: /fixed seed/,
  },
  {
    fault: 'a process ended by a library',
    check: bannedTextsIn,
    files: [file('libs/a.ts', 'process.exit(1);')],
    finding: /exitCode/,
  },
  {
    fault: 'a path of one machine',
    check: bannedTextsIn,
    files: [file('libs/a.ts', "open('/home/jo/a.txt')")],
    finding: /one machine only/,
  },
  {
    fault: 'a role word in a file name',
    check: namesWithoutRole,
    files: [file('libs/a/string-utils.ts', '')],
    finding: /named "utils"/,
  },
  {
    fault: 'a large file',
    check: foreignFiles,
    files: [file('docs/a.svg', '', { bytes: 500_001 })],
    finding: /500001 bytes/,
  },
  {
    fault: 'a database',
    check: foreignFiles,
    files: [file('test/a.sqlite-wal', '')],
    finding: /is a database/,
  },
  {
    fault: 'an executable that should be none',
    check: foreignFiles,
    files: [file('libs/a.ts', '', { executable: true })],
    finding: /chmod -x/,
  },
  {
    fault: 'an entry point that is not executable',
    check: foreignFiles,
    files: [file('.ci/run', '')],
    finding: /chmod \+x/,
  },
  {
    fault: 'a version range',
    check: looseVersions,
    files: [file('package.json', '{"dependencies":{"a":"^1.0.0"}}')],
    finding: /pin an exact version/,
  },
  {
    fault: 'two versions of one package',
    check: looseVersions,
    files: [
      file('package.json', '{"dependencies":{"a":"1.0.0"}}'),
      file('libs/b/package.json', '{"dependencies":{"a":"1.0.1"}}'),
    ],
    finding: /agree on one/,
  },
  {
    fault: 'a link to no file',
    check: brokenLinks,
    files: [file('docs/a.md', 'see [b](../b.md)')],
    finding: /^docs\/a\.md links to \.\.\/b\.md, which does not exist$/,
  },
  {
    fault: 'a link to no heading',
    check: brokenLinks,
    files: [file('a.md', '# One thing\n[b](#other-thing) [c](#one-thing)')],
    finding: /^a\.md links to #other-thing, which has no such heading$/,
  },
  {
    fault: 'a decision without a status',
    check: decisionFaults,
    files: [file('docs/decisions/0001-a.md', '# A')],
    finding: /has no line "Status/,
  },
  {
    fault: 'a gap in the numbers of decisions',
    check: decisionFaults,
    files: [file('docs/decisions/0002-a.md', 'Status: accepted')],
    finding: /should have the number 0001/,
  },
  {
    fault: 'an error code that is not described',
    check: errorCodeFaults,
    files: [file('libs/a.ts', "throw new LedgerdeskError('limit.size', '');")],
    finding: /^libs\/a\.ts gives limit\.size/,
  },
  {
    fault: 'an error code that is described twice',
    check: errorCodeFaults,
    files: [
      file('libs/a.ts', "'limit.size'"),
      file('docs/reference/errors.md', '| `limit.size` | a |\n| `limit.size` | b |\n'),
    ],
    finding: /describes limit\.size 2 times/,
  },
  {
    fault: 'an error code that nothing gives',
    check: errorCodeFaults,
    files: [file('docs/reference/errors.md', '| `limit.size` | a |\n')],
    finding: /limit\.size, which nothing gives/,
  },
  {
    fault: 'an environment variable that is not explained',
    check: environmentFaults,
    files: [file('apps/a/main.ts', "const url = process.env['STORE_URL'];")],
    finding: /^apps\/a\/main\.ts reads STORE_URL/,
  },
  {
    fault: 'a variable that a configuration reads by a function and nobody explains',
    check: environmentFaults,
    files: [file('apps/a/configuration.ts', "const port = Number(read('PORT'));")],
    finding: /^apps\/a\/configuration\.ts reads PORT/,
  },
  {
    fault: 'an environment variable that nothing reads',
    check: environmentFaults,
    files: [file('README.md', '| `STORE_URL` | where |\n')],
    finding: /explains STORE_URL, which nothing reads/,
  },
  {
    fault: 'an export without a doc comment',
    check: undocumentedExports,
    files: [
      file('libs/a/index.ts', "export { b } from './b';\n"),
      file('libs/a/b.ts', 'export const b = 1;\n'),
    ],
    finding: /^libs\/a\/b\.ts exports b without/,
  },
];

describe('the checks', () => {
  it.each(samples)('find $fault', ({ check, files, finding }) => {
    expect(check(files)).toEqual([expect.stringMatching(finding)]);
  });

  it('leave code blocks, addresses and folders in Markdown alone', () => {
    const page = file('docs/a.md', '```\n[x](y.md)\n```\n[b](https://b.example) [c](../libs)');

    expect(brokenLinks([page, file('libs/d.ts', '')])).toEqual([]);
  });

  it('accept a code that is given and described once', () => {
    const page = file('docs/reference/errors.md', '| `limit.size` | too big |\n');

    expect(errorCodeFaults([file('libs/a.ts', "'limit.size'"), page])).toEqual([]);
  });
});
