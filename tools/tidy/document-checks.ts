import { posix } from 'node:path';
import type { Findings, ProjectFile } from './project-files';

const linkPattern = /\[[^\]]*\]\(([^()\s]+)(?:\s+"[^"]*")?\)/g;
const fencePattern = /^(```|~~~)[\s\S]*?^\1/gm;
const inlineCodePattern = /`[^`\n]*`/g;

/** Links in Markdown that lead to no file, or to no heading of it. Addresses are left alone. */
export function brokenLinks(files: readonly ProjectFile[]): Findings {
  const headings = new Map(files.map((file) => [file.path, file] as const));
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  const pages = files.filter(({ path }) => path.endsWith('.md'));
  return pages.flatMap(({ path, text }) => {
    const prose = text.replace(fencePattern, '').replace(inlineCodePattern, '');
    return [...prose.matchAll(linkPattern)].flatMap(([, target = '']) => {
      if (/^[a-z][a-z0-9+.-]*:/.test(target)) return [];
      const [file = '', anchor] = target.split('#');
      const destination = file === '' ? path : posix.join(posix.dirname(path), file);
      const found = headings.get(destination);
      if (found === undefined && !folders.has(posix.normalize(`${destination}/`))) {
        return [`${path} links to ${target}, which does not exist`];
      }
      if (anchor === undefined || found === undefined) return [];
      if (anchorsOf(found.text).has(anchor)) return [];
      return [`${path} links to ${target}, which has no such heading`];
    });
  });
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
}

// As GitHub makes them: lower case, punctuation dropped, spaces to dashes, repeats numbered.
function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, title = ''] of text.replace(fencePattern, '').matchAll(/^#{1,6}\s+(.*?)\s*$/gm)) {
    const anchor = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const repeat = seen.get(anchor) ?? 0;
    seen.set(anchor, repeat + 1);
    anchors.add(repeat === 0 ? anchor : `${anchor}-${repeat}`);
  }
  return anchors;
}

/** Decision records without a status, or whose numbers do not run from 0001 without a gap. */
export function decisionFaults(files: readonly ProjectFile[]): Findings {
  const records = files.filter(({ path }) => /^docs\/decisions\/\d{4}-[a-z0-9-]+\.md$/.test(path));
  const strays = files.filter(
    ({ path }) => path.startsWith('docs/decisions/') && !records.some((one) => one.path === path),
  );
  const sorted = [...records].sort((a, b) => (a.path < b.path ? -1 : 1));
  return [
    ...strays.map(({ path }) => `${path} is not named NNNN-title.md`),
    ...sorted.flatMap(({ path, text }, index) => {
      const number = String(index + 1).padStart(4, '0');
      const faults: string[] = [];
      if (!path.startsWith(`docs/decisions/${number}-`)) {
        faults.push(`${path} should have the number ${number}: numbers run without a gap`);
      }
      if (!/^Status: (proposed|accepted|rejected|superseded by \d{4})\b/m.test(text)) {
        faults.push(`${path} has no line "Status: accepted" (proposed, rejected, superseded by N)`);
      }
      return faults;
    }),
  ];
}
