import { ReadModelTicketFinder } from './ticket-search';

const search = { process: 'counter', filter: { state: 'open' }, max: 2 };

function finderOver(
  ids: readonly string[],
  { isLevel = true }: { readonly isLevel?: boolean } = {},
): { finder: ReadModelTicketFinder; asked: unknown[] } {
  const asked: unknown[] = [];
  const finder = new ReadModelTicketFinder({
    eventStore: { head: () => Promise.resolve(7n) },
    projections: {
      waitFor: (...all) => {
        asked.push(all);
        return Promise.resolve(isLevel);
      },
    },
    readStore: {
      find: (...all) => {
        asked.push(all);
        const items = ids.map((id) => ({ id, document: {} }));
        return Promise.resolve({ items, nextCursor: null });
      },
    },
  });
  return { finder, asked };
}

describe('a search for tickets by their list', () => {
  it('looks once the list holds all that is in the log, and says up to where', async () => {
    const { finder, asked } = finderOver(['a', 'b']);
    expect(await finder.search(search)).toEqual({ ids: ['a', 'b'], position: 7n, isCut: false });
    expect(asked).toEqual([
      ['counter-list', 7n, 2_000],
      ['counter-list', 'counter-list', { filter: { state: 'open' }, limit: 3 }],
    ]);
  });

  it('says when there are more than were asked for', async () => {
    const { finder } = finderOver(['a', 'b', 'c']);
    expect(await finder.search(search)).toMatchObject({ ids: ['a', 'b'], isCut: true });
  });

  it('is refused while the list is behind, and for a filter that is none', async () => {
    const { finder } = finderOver([], { isLevel: false });
    await expect(finder.search(search)).rejects.toMatchObject({
      code: 'unavailable.projection-behind',
    });
    const wrong = { ...search, filter: { $where: '1' } };
    await expect(finderOver([]).finder.search(wrong)).rejects.toMatchObject({
      code: 'invalid.query',
    });
  });
});
