import type { Filter } from '../read-store.port';
import { BOARD, idsOf, liveBoard, type SuiteContext } from './conformance.fixture';

const DOCUMENTS = {
  empty: {},
  nulls: { state: null, points: null, breached: null },
  done: { state: 'done', points: 8, breached: false },
  upper: { state: 'NEW', points: -1.5, breached: true },
  blank: { state: '', points: 0 },
  fresh: { state: 'new', points: 3, breached: false, title: 'state' },
};

/** What each operator finds, and what is refused. */
export function describeFilters({ store }: SuiteContext): void {
  describe('a filter', () => {
    const cases: [string, Filter, string[]][] = [
      ['nothing asked', {}, ['blank', 'done', 'empty', 'fresh', 'nulls', 'upper']],
      ['a bare value', { state: 'new' }, ['fresh']],
      ['$eq', { points: { $eq: 8 } }, ['done']],
      ['$eq on zero, written negative', { points: -0 }, ['blank']],
      ['$eq on empty text', { state: '' }, ['blank']],
      ['$eq on a boolean', { breached: false }, ['done', 'fresh']],
      ['null finds missing and null', { state: null }, ['empty', 'nulls']],
      ['$eq null', { breached: { $eq: null } }, ['blank', 'empty', 'nulls']],
      [
        '$ne finds missing, too',
        { state: { $ne: 'new' } },
        ['blank', 'done', 'empty', 'nulls', 'upper'],
      ],
      ['$ne null', { state: { $ne: null } }, ['blank', 'done', 'fresh', 'upper']],
      ['$in', { state: { $in: ['new', 'done', 'x'] } }, ['done', 'fresh']],
      ['$in with null', { state: { $in: ['new', null] } }, ['empty', 'fresh', 'nulls']],
      ['$in of nothing', { state: { $in: [] } }, []],
      ['$in on booleans', { breached: { $in: [true] } }, ['upper']],
      ['$gt never finds missing', { points: { $gt: -2 } }, ['blank', 'done', 'fresh', 'upper']],
      ['$gte', { points: { $gte: 3 } }, ['done', 'fresh']],
      ['$lt never finds missing', { points: { $lt: 3 } }, ['blank', 'upper']],
      ['$lte', { points: { $lte: 3 } }, ['blank', 'fresh', 'upper']],
      ['order on text, upper case first', { state: { $lt: 'a' } }, ['blank', 'upper']],
      ['order on booleans', { breached: { $gt: false } }, ['upper']],
      ['several on one field', { points: { $gt: 0, $lt: 8 } }, ['fresh']],
      ['$exists true means not null', { breached: { $exists: true } }, ['done', 'fresh', 'upper']],
      ['$exists false', { points: { $exists: false } }, ['empty', 'nulls']],
      ['several fields', { state: 'new', points: 3 }, ['fresh']],
      ['$or', { $or: [{ state: 'new' }, { points: 8 }] }, ['done', 'fresh']],
      [
        '$and beside $or',
        { $and: [{ points: { $gte: 0 } }], $or: [{ state: 'new' }, { state: '' }] },
        ['blank', 'fresh'],
      ],
      [
        '$or inside $and inside $or',
        { $or: [{ $and: [{ $or: [{ state: 'new' }, { state: 'done' }] }, { points: 8 }] }] },
        ['done'],
      ],
      [
        'an empty branch of $or finds all',
        { $or: [{}, { state: 'new' }] },
        ['blank', 'done', 'empty', 'fresh', 'nulls', 'upper'],
      ],
      ['$and with itself in conflict', { $and: [{ state: 'new' }, { state: 'done' }] }, []],
    ];

    it.each(cases)('with %s', async (_what, filter, ids) => {
      await liveBoard(store(), DOCUMENTS);
      expect(await idsOf(store(), filter)).toEqual(ids);
      expect(await store().count('board', 'tickets', filter)).toBe(ids.length);
    });
  });

  describe('a filter on times', () => {
    const times = {
      before: { closed: '2016-02-29T23:59:59.999Z' },
      noon: { closed: '2016-03-01T12:00:00.000Z' },
      after: { closed: '2016-03-02T00:00:00.000Z' },
      never: {},
    };
    const cases: [string, Filter, string[]][] = [
      ['without milliseconds', { closed: '2016-03-01T12:00:00Z' }, ['noon']],
      ['with an offset', { closed: { $gte: '2016-03-01T13:00:00+01:00' } }, ['after', 'noon']],
      ['that excludes its bound', { closed: { $lt: '2016-03-01T12:00:00Z' } }, ['before']],
      ['in a list', { closed: { $in: ['2016-03-01T12:00Z', null] } }, ['never', 'noon']],
      ['from the first instant of a day', { closed: { $gte: '2016-03-01' } }, ['after', 'noon']],
      ['to the last instant of a day', { closed: { $lte: '2016-03-01' } }, ['before', 'noon']],
      ['before a day', { closed: { $lt: '2016-03-01' } }, ['before']],
      ['after a day', { closed: { $gt: '2016-03-01' } }, ['after']],
      ['that is missing', { closed: { $exists: false } }, ['never']],
    ];

    it.each(cases)('compares instants: %s', async (_what, filter, ids) => {
      await liveBoard(store(), times);
      expect(await idsOf(store(), filter)).toEqual(ids);
      expect(await store().count('board', 'tickets', filter)).toBe(ids.length);
    });
  });

  describe('a refused query', () => {
    const nested = (depth: number): Filter =>
      depth === 0 ? { state: 'new' } : { $and: [nested(depth - 1)] };
    const wide = (conditions: number): Filter => ({
      $or: Array.from({ length: conditions }, () => ({ state: 'new' })),
    });

    it('may be five levels deep and fifty conditions wide', async () => {
      await liveBoard(store(), DOCUMENTS);
      expect(await idsOf(store(), nested(4))).toEqual(['fresh']);
      expect(await idsOf(store(), wide(50))).toEqual(['fresh']);
    });

    const cases: [string, unknown, string][] = [
      ['a sixth level', nested(5), 'filter.$and[0].$and[0].$and[0].$and[0].$and[0]'],
      ['51 conditions', wide(51), 'filter.$or[50].state'],
      ['an undeclared field', { owner: 'x' }, 'filter.owner'],
      [
        'an undeclared field in a branch',
        { $or: [{ state: 'new' }, { owner: 'x' }] },
        'filter.$or[1].owner',
      ],
      ['a path into a document', { 'state.name': 'x' }, 'filter.state.name'],
      ['a field of every object', { constructor: 'x' }, 'filter.constructor'],
      ['SQL as a field', { 'state" OR 1=1 --': 'x' }, 'filter.state" OR 1=1 --'],
      ['a prototype', JSON.parse('{"__proto__":{"state":"new"}}'), 'filter.__proto__'],
      ['an unknown operator', { state: { $regex: 'n.*' } }, 'filter.state.$regex'],
      ['an unknown top-level operator', { $nor: [{ state: 'new' }] }, 'filter.$nor'],
      ['code', { $where: 'true' }, 'filter.$where'],
      ['a number for text', { state: 5 }, 'filter.state'],
      ['text for a number', { points: { $gt: '5' } }, 'filter.points.$gt'],
      ['text for a boolean', { breached: 'true' }, 'filter.breached'],
      ['another type inside $in', { state: { $in: ['new', 5] } }, 'filter.state.$in'],
      ['a list as value', { state: ['new'] }, 'filter.state'],
      ['no operator at all', { state: {} }, 'filter.state'],
      ['an undefined value', { state: undefined }, 'filter.state'],
      ['an order with null', { points: { $lt: null } }, 'filter.points.$lt'],
      ['$exists with a number', { state: { $exists: 1 } }, 'filter.state.$exists'],
      ['$in without a list', { state: { $in: 'new' } }, 'filter.state.$in'],
      ['$in with 501 values', { points: { $in: Array(501).fill(1) } }, 'filter.points.$in'],
      ['a lone surrogate', { state: '\ud800' }, 'filter.state'],
      ['not a number', { points: NaN }, 'filter.points'],
      ['an empty $or', { $or: [] }, 'filter.$or'],
      ['$and with an object', { $and: { state: 'new' } }, 'filter.$and'],
      ['a text as filter', 'state', 'filter'],
      ['a list as filter', [{ state: 'new' }], 'filter'],
      ['a time without offset', { closed: { $gte: '2016-03-01T12:00:00' } }, 'filter.closed.$gte'],
      ['a time out of the calendar', { closed: '2016-02-30T12:00:00Z' }, 'filter.closed'],
      ['a day that is to be equal', { closed: '2016-03-01' }, 'filter.closed'],
      ['a word for a time', { $or: [{ closed: { $lt: 'now' } }] }, 'filter.$or[0].closed.$lt'],
      ['a word that there is not', { resolution: 'mended' }, 'filter.resolution'],
      [
        'such a word among others',
        { resolution: { $in: ['fixed', 'x'] } },
        'filter.resolution.$in',
      ],
      ['no such word', { resolution: { $ne: 'mended' } }, 'filter.resolution.$ne'],
      ['a date as value', { opened: new Date(0) }, 'filter.opened'],
    ];
    it.each(cases)('names the place of %s', async (_what, filter, path) => {
      await liveBoard(store(), DOCUMENTS);
      const refused = expect.objectContaining({
        code: 'invalid.query',
        details: expect.objectContaining({ path }) as unknown,
      });
      const query = { filter: filter as Filter };
      await expect(store().find('board', 'tickets', query)).rejects.toEqual(refused);
      await expect(store().count('board', 'tickets', query.filter)).rejects.toEqual(refused);
    });

    it('lists the indexed fields where an undeclared one is asked for', async () => {
      await liveBoard(store(), DOCUMENTS);
      await expect(idsOf(store(), { owner: 'x' })).rejects.toMatchObject({
        details: { field: 'owner', indexed: Object.keys(BOARD.collections[0]?.fields ?? {}) },
      });
    });

    it('lists the words that there are where another one is asked for', async () => {
      await liveBoard(store(), DOCUMENTS);
      await expect(idsOf(store(), { resolution: 'mended' })).rejects.toMatchObject({
        details: { field: 'resolution', words: ['fixed', 'rejected'] },
      });
    });

    it('takes none of the words, and parts of them in an order', async () => {
      await liveBoard(store(), DOCUMENTS);
      await expect(idsOf(store(), { resolution: null })).resolves.not.toEqual([]);
      await expect(idsOf(store(), { resolution: { $gte: 'fi' } })).resolves.toEqual([]);
    });

    it.each([0, -1, 1001, 1.5, NaN, '10'])('refuses the limit %p', async (limit) => {
      await liveBoard(store(), DOCUMENTS);
      const query = { limit: limit as number };
      await expect(store().find('board', 'tickets', query)).rejects.toMatchObject({
        code: 'invalid.query',
        details: { path: 'limit' },
      });
    });

    it('refuses a collection that was not declared', async () => {
      await liveBoard(store(), DOCUMENTS);
      const unknown = expect.objectContaining({ code: 'invalid.collection' });
      await expect(store().find('board', 'people', {})).rejects.toEqual(unknown);
      await expect(store().get('board', 'people', 'a')).rejects.toEqual(unknown);
    });
  });
}
