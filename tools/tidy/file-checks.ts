import type { Findings, ProjectFile } from './project-files';

const fileBytesMax = 500_000;
const executables = ['.ci/run', 'apps/cli/bin/ledgerdesk.js'];
const databaseEndings = /\.(sqlite|sqlite3|db|db3|mdb)(-wal|-shm|-journal)?$/;

/** The lock file is written by npm and as long as it needs to be. */
const largeFiles = ['package-lock.json'];

/** Files that do not belong into the tree by size, kind or permission. */
export function foreignFiles(files: readonly ProjectFile[]): Findings {
  return files.flatMap((file) => {
    const fault = faultOf(file);
    return fault === undefined ? [] : [`${file.path} ${fault}`];
  });
}

function faultOf({ path, bytes, executable }: ProjectFile): string | undefined {
  if (bytes > fileBytesMax && !largeFiles.includes(path)) {
    return `has ${bytes} bytes: generate it, or keep it elsewhere; ${fileBytesMax} is the limit`;
  }
  if (databaseEndings.test(path)) return 'is a database: build it in a temporary folder';
  if (executable && !executables.includes(path)) return 'is executable: chmod -x';
  if (!executable && executables.includes(path)) return 'is not executable: chmod +x';
  return undefined;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Packages that are not pinned to one exact version, the same in every workspace. */
export function looseVersions(files: readonly ProjectFile[]): Findings {
  const seen = new Map<string, string>();
  return files.flatMap(({ path, text }) => {
    if (!/^(|(apps|libs)\/[^/]+\/)package\.json$/.test(path)) return [];
    const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Manifest;
    return Object.entries({ ...dependencies, ...devDependencies }).flatMap(([name, version]) => {
      const other = seen.get(name) ?? version;
      seen.set(name, other);
      if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
        return [`${path} asks for ${name} ${version}: pin an exact version`];
      }
      if (other === version) return [];
      return [`${path} asks for ${name} ${version}, another workspace for ${other}: agree on one`];
    });
  });
}
