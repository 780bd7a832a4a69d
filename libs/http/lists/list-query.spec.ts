import type { FastifyRequest } from 'fastify';
import { QueryParameters } from '../request/query-parameters';
import { listQueryOf } from './list-query';

const FIELDS = { state: 'text', priority: 'number', isMajor: 'boolean' } as const;

function queryOf(query: Record<string, string | string[]>): unknown {
  return listQueryOf(new QueryParameters({ query } as unknown as FastifyRequest), FIELDS);
}

function wrong(field: string): Error {
  return expect.objectContaining({
    code: 'invalid.query',
    details: { errors: [{ field, message: expect.any(String) }] },
  }) as Error;
}

describe('the query of a list', () => {
  it('is the first page in the default order when the URL asks for nothing', () => {
    expect(queryOf({})).toEqual({ limit: 50 });
  });

  it('compares each field by its kind', () => {
    expect(queryOf({ state: 'new', priority: '1', isMajor: 'true' })).toEqual({
      limit: 50,
      filter: { $and: [{ state: 'new' }, { priority: 1 }, { isMajor: true }] },
    });
  });

  it('takes any of several values, and none for an empty one', () => {
    expect(queryOf({ state: ['new', 'closed'] })).toMatchObject({
      filter: { state: { $in: ['new', 'closed'] } },
    });
    expect(queryOf({ priority: '' })).toMatchObject({ filter: { priority: null } });
  });

  it('joins a filter, fields and a text search', () => {
    expect(queryOf({ filter: '{"priority":{"$lte":2}}', state: 'new', q: 'mail' })).toMatchObject({
      filter: { $and: [{ priority: { $lte: 2 } }, { state: 'new' }], $text: { $search: 'mail' } },
    });
    expect(queryOf({ q: 'mail' })).toMatchObject({ filter: { $text: { $search: 'mail' } } });
  });

  it('sorts either way and goes on behind a cursor', () => {
    expect(queryOf({ sort: '-priority', limit: '7', cursor: 'abc' })).toEqual({
      sort: { field: 'priority', direction: 'descending' },
      limit: 7,
      cursor: 'abc',
    });
    expect(queryOf({ sort: 'state' })).toMatchObject({
      sort: { field: 'state', direction: 'ascending' },
    });
  });

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ sort: 'colour' }, 'sort'],
    [{ sort: '-' }, 'sort'],
    [{ priority: 'high' }, 'priority'],
    [{ priority: ' 1' }, 'priority'],
    [{ isMajor: 'yes' }, 'isMajor'],
    [{ filter: '[]' }, 'filter'],
    [{ limit: '1.5' }, 'limit'],
    [{ limit: '1e2' }, 'limit'],
    [{ cursor: ['a', 'b'] }, 'cursor'],
  ])('is refused, with the parameter named: %j', (query, field) => {
    expect(() => queryOf(query)).toThrow(wrong(field));
  });
});
