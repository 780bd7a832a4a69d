import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');

interface NestProject {
  readonly type: 'application' | 'library';
  readonly root: string;
  readonly sourceRoot: string;
  readonly entryFile: string;
}

function nestProjects(): readonly NestProject[] {
  const text = readFileSync(join(root, 'nest-cli.json'), 'utf8');
  return Object.values((JSON.parse(text) as { projects: Record<string, NestProject> }).projects);
}

function foldersIn(top: string): readonly string[] {
  return readdirSync(join(root, top), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${top}/${entry.name}`);
}

describe('nest-cli.json', () => {
  it('lists exactly the apps and libraries that exist', () => {
    const listed = nestProjects().map((project) => project.root);

    expect([...listed].sort()).toEqual([...foldersIn('apps'), ...foldersIn('libs')].sort());
  });

  it('gives each project the flat source folder and the entry file of its kind', () => {
    const shapes = nestProjects().map(({ type, sourceRoot, entryFile }) => ({
      type,
      sourceRoot,
      entryFile,
    }));
    const expected = nestProjects().map((project) =>
      project.root.startsWith('apps/')
        ? { type: 'application', sourceRoot: project.root, entryFile: 'main' }
        : { type: 'library', sourceRoot: project.root, entryFile: 'index' },
    );

    expect(shapes).toEqual(expected);
  });
});
