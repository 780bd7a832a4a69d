import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ErrorCode } from '../libs/kernel/errors';
import { statusOf } from '../libs/http/problem/problem-status';

const page = readFileSync(join(resolve(__dirname, '..'), 'docs/reference/errors.md'), 'utf8');

const rows = [...page.matchAll(/^\| `([a-z-]+\.[a-z0-9-]+)` .*\| (\d{3}) +\|$/gm)].map(
  ([, code, status]) => ({ code: code as ErrorCode, status: Number(status) }),
);

describe('the error reference', () => {
  it('names the HTTP status that the API answers with', () => {
    const answered = rows.map(({ code }) => ({ code, status: statusOf(code) }));

    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual(answered);
  });
});
