import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const scripts = readdirSync(join(ROOT, 'bench')).filter((name) => name.endsWith('.mjs'));

/** The sources of what a script takes from dist/. */
function sourcesOf(script: string): readonly string[] {
  const text = readFileSync(join(ROOT, 'bench', script), 'utf8');
  const built = text.matchAll(/['/]((?:apps|libs)\/[\w/.-]+)\.js'/g);
  return [...built].map(([, path = '']) => `${path}.ts`);
}

describe('a script in bench/', () => {
  it('is one of several', () => {
    expect(scripts.length).toBeGreaterThan(3);
  });

  it.each(scripts)('%s loads only what is built', (script) => {
    const sources = sourcesOf(script);
    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
