import { execFile } from 'node:child_process';
import { lstat, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const projectRoot = resolve(__dirname, '..', '..');

export interface ProjectFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly executable: boolean;
  /** Empty for what is not text. */
  readonly text: string;
}

/** What a check gives: one sentence for each fault, beginning with the place. */
export type Findings = readonly string[];

const outputBytesMax = 16 * 1024 * 1024;

/** All files that are or would be committed. */
export async function projectFiles(): Promise<readonly ProjectFile[]> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    { cwd: projectRoot, maxBuffer: outputBytesMax },
  );
  const found = await Promise.all(stdout.split('\0').filter(Boolean).map(readProjectFile));
  return found.filter((file) => file !== undefined);
}

// A tracked file may have been removed from the working tree, or turn up and vanish meanwhile.
async function readProjectFile(path: string): Promise<ProjectFile | undefined> {
  try {
    const stats = await lstat(join(projectRoot, path));
    if (!stats.isFile()) return undefined;
    const content = await readFile(join(projectRoot, path));
    const executable = (stats.mode & 0o111) !== 0;
    const text = content.includes(0) ? '' : content.toString('utf8');
    return { path, bytes: content.length, executable, text };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** TypeScript and JavaScript that people write. */
export function isCode(path: string): boolean {
  return /\.(ts|mjs|cjs|js)$/.test(path) || path === '.ci/run';
}

export function isTest(path: string): boolean {
  return /\.(spec|e2e-spec|conformance)\.ts$/.test(path) || /^(test|tools)\//.test(path);
}

/** Calls back with each line of each file and its place, `path:line`. */
export function findingsByLine(
  files: readonly ProjectFile[],
  faultOf: (line: string, path: string) => string | undefined,
): Findings {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const fault = faultOf(line, path);
      return fault === undefined ? [] : [`${path}:${index + 1} ${fault}`];
    }),
  );
}
