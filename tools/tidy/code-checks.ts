import { findingsByLine, isCode, isTest, type Findings, type ProjectFile } from './project-files';

const lineColumnsMax = 100;
const fileLinesMax = 400;

/** These spell out what they ban. */
const namesWhatIsBanned = ['tools/tidy/code-checks.ts', 'tools/tidy.spec.ts'];

/** Files that may be longer, each with its reason. */
export const longFiles: Readonly<Record<string, string>> = {};

interface BannedText {
  readonly pattern: RegExp;
  /** What to write in its place. */
  readonly instead: string;
  readonly where?: (path: string) => boolean;
}

const bannedTexts: readonly BannedText[] = [
  {
    pattern: /\b(TODO|FIXME|XXX|HACK)\b/,
    instead: 'do it now, or open an issue: notes in code are not read',
  },
  {
    pattern:
      /\b(describe|it|test)(\.\w+)*\.(only|skip|todo)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\(/,
    instead: 'run every test: one that is skipped proves nothing',
  },
  {
    pattern: /eslint-disable(?!.* -- \S)/,
    instead: 'say why behind two dashes: eslint-disable-next-line rule -- reason',
  },
  {
    pattern: /@ts-(ignore|nocheck)/,
    instead: 'use @ts-expect-error with its reason, which fails once it is not needed any more',
  },
  {
    pattern: /setTimeout.*timers\/promises|setTimeout\((resolve|done|r)\b/,
    instead: 'wait for a condition or a position, never for a time',
    where: (path) => /\.(spec|e2e-spec)\.ts$/.test(path),
  },
  {
    pattern: /Math\.random\(/,
    instead: 'use fast-check with a fixed seed, so that a failure can be repeated',
    where: isTest,
  },
  {
    pattern: /process\.exit\(/,
    instead: 'set process.exitCode, so that output is flushed and owners can stop what they own',
    where: (path) => path.startsWith('libs/') && !isTest(path),
  },
  {
    pattern: /['"`(\s]\/(home|Users|work|root)\/\w/,
    instead: 'name paths relative to the project: this one exists on one machine only',
  },
];

const roleWords = /^(managers?|helpers?|utils?|common|misc|data|info|impl|base)$/;

const textLiteral = /(['"`])(?:\\.|(?!\1).)*\1/g;

/**
 * Lines of code over 100 columns, save addresses and imports. Text in quotes does not count: a
 * message that is cut in two cannot be searched for.
 */
export function linesTooLong(files: readonly ProjectFile[]): Findings {
  const code = files.filter(({ path }) => isCode(path));
  return findingsByLine(code, (line) => {
    if (line.length <= lineColumnsMax) return undefined;
    if (/https?:\/\/|^(import|export) .* from '/.test(line)) return undefined;
    if (line.replace(textLiteral, '').length <= lineColumnsMax) return undefined;
    return `has ${line.length} columns: break the line, ${lineColumnsMax} is the limit`;
  });
}

/** Files over 400 lines that are not excused, and excuses that nobody needs. */
export function filesTooLong(
  files: readonly ProjectFile[],
  excused: Readonly<Record<string, string>>,
): Findings {
  const isLong = ({ path, text }: ProjectFile): boolean =>
    isCode(path) && text.split('\n').length - 1 > fileLinesMax;
  const long = new Set(files.filter(isLong).map(({ path }) => path));
  return [
    ...[...long]
      .filter((path) => excused[path] === undefined)
      .map((path) => `${path} has more than ${fileLinesMax} lines: split it by concern`),
    ...Object.keys(excused)
      .filter((path) => !long.has(path))
      .map((path) => `${path} is excused for its length, but is short: strike it from the list`),
  ];
}

/** Words and calls for which there is something better, which the finding names. */
export function bannedTextsIn(files: readonly ProjectFile[]): Findings {
  const code = files.filter(({ path }) => isCode(path) && !namesWhatIsBanned.includes(path));
  return bannedTexts.flatMap(({ pattern, instead, where }) =>
    findingsByLine(code, (line, path) => {
      if (where !== undefined && !where(path)) return undefined;
      const found = pattern.exec(line)?.[0].trim();
      return found === undefined ? undefined : `has "${found}": ${instead}`;
    }),
  );
}

/** File and folder names that hide what the thing is for. */
export function namesWithoutRole(files: readonly ProjectFile[]): Findings {
  return files.flatMap(({ path }) => {
    const word = path.split(/[/.-]/).find((part) => roleWords.test(part.toLowerCase()));
    return word === undefined ? [] : [`${path} is named "${word}": name what it is for`];
  });
}
