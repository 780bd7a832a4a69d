import { isTest, type Findings, type ProjectFile } from './project-files';

const kinds = [
  'malformed',
  'invalid',
  'denied',
  'missing',
  'refused',
  'conflict',
  'limit',
  'unavailable',
  'unknown-outcome',
  'incompatible',
  'corrupt',
  'defect',
].join('|');
const errorPage = 'docs/reference/errors.md';

const isProduction = ({ path }: ProjectFile): boolean =>
  /^(apps|libs)\/.*\.ts$/.test(path) && !isTest(path) && !/^libs\/[^/]+\/testing\//.test(path);

/**
 * Error codes that the code gives and the reference does not describe exactly once, and codes that
 * the reference describes and nothing gives.
 */
export function errorCodeFaults(files: readonly ProjectFile[]): Findings {
  const production = files.filter(isProduction);
  const thrown = firstPlaces(production, new RegExp(`'((?:${kinds})\\.[a-z0-9-]+)'`, 'g'));
  const refused = firstPlaces(production, /\brefuse\(\s*'([a-z0-9-]+)'/g);
  const given = new Map(thrown);
  for (const [reason, path] of refused) given.set(`refused.${reason}`, path);
  const page = files.find(({ path }) => path === errorPage)?.text ?? '';
  const described = [...page.matchAll(new RegExp(`^\\| \`((?:${kinds})\\.[a-z0-9-]+)\``, 'gm'))];
  const times = countOf(described.map(([, code = '']) => code));
  return [
    ...[...given]
      .filter(([code]) => times.get(code) === undefined)
      .map(([code, path]) => `${path} gives ${code}: describe it in ${errorPage}`),
    ...[...times]
      .filter(([, count]) => count > 1)
      .map(([code, count]) => `${errorPage} describes ${code} ${count} times: once is right`),
    ...[...times.keys()]
      .filter((code) => !given.has(code))
      .map((code) => `${errorPage} describes ${code}, which nothing gives: strike it`),
  ];
}

/**
 * Environment variables that the code reads and no table of README.md or docs/ explains, and rows
 * of README.md that explain a variable which nothing reads.
 */
export function environmentFaults(files: readonly ProjectFile[]): Findings {
  const code = files.filter(isProduction);
  const configuration = code.filter(({ path }) => path.endsWith('configuration.ts'));
  const read = new Map([
    ...firstPlaces(code, /\benv(?:ironment)?(?:\.|\[['"])([A-Z][A-Z0-9_]+)\b/g),
    ...firstPlaces(configuration, /\('([A-Z][A-Z0-9_]+)'/g),
  ]);
  const pages = files.filter(({ path }) => /^(README\.md|docs\/.*\.md)$/.test(path));
  const row = /^\|\s*`(?!(?:GET|HEAD|POST|PUT|PATCH|DELETE)`)([A-Z][A-Z0-9_]{2,})`\s*\|/gm;
  const explained = firstPlaces(pages, row);
  const named = firstPlaces(code, /['"`.]([A-Z][A-Z0-9_]+)\b/g);
  return [
    ...[...read]
      .filter(([name]) => !explained.has(name))
      .map(([name, path]) => `${path} reads ${name}: explain it in README.md, Configuration`),
    ...[...explained]
      .filter(([name]) => !named.has(name))
      .map(([name, path]) => `${path} explains ${name}, which nothing reads: strike it`),
  ];
}

/** What the first group of the pattern finds, each with the file that has it first. */
function firstPlaces(files: readonly ProjectFile[], pattern: RegExp): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const { path, text } of files) {
    for (const [, found = ''] of text.matchAll(pattern)) {
      if (!places.has(found)) places.set(found, path);
    }
  }
  return places;
}

function countOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
