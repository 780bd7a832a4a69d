import { ProjectionHostFixture } from '../testing/projection-host-fixture';
import { TallyLog } from '../testing/projection-kit';
import { tallyProjection } from '../testing/tally.projection';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { assertSameLog, recogniseLog, strangeReadModels } from './log-recognition';

const projection = tallyProjection();

describe('recognising the log that documents were folded from', () => {
  let fixture: ProjectionHostFixture;

  beforeEach(async () => {
    fixture = await ProjectionHostFixture.open();
    const { log } = fixture;
    await log.add('a', 1, 2, 3);
    await log.distract();
    const host = fixture.start([projection]);
    await fixture.expectCaughtUp(host);
    await host.stop();
  });

  afterEach(() => fixture.close());

  const live = async (version = projection.version) => {
    const [generation] = await fixture.readStore.generations('tallies');
    if (generation === undefined) throw new Error('nothing was built');
    return { ...generation, version };
  };

  const another = async (...sums: readonly number[]): Promise<EventStore> => {
    const eventStore = await openEventStore('memory:');
    await new TallyLog(eventStore).add('a', ...sums);
    return eventStore;
  };

  it('takes the same log for the same, also once it has grown', async () => {
    await fixture.log.add('a', 4);
    expect(await recogniseLog(fixture.eventStore, projection, await live())).toEqual({
      kind: 'same',
    });
    await expect(assertSameLog(fixture, [projection])).resolves.toBeUndefined();
  });

  it('takes a version that was about fewer streams for what it is', async () => {
    const wider = { ...tallyProjection('tallies', 2), streamPrefixes: ['tally-', 'numbers-'] };
    expect(await recogniseLog(fixture.eventStore, wider, await live())).toEqual({ kind: 'same' });
    const restored = await another(5, 6, 7, 8);
    const { kind } = await recogniseLog(restored, wider, await live());
    expect(kind).toBe('other');
    await restored.close();
  });

  it('builds documents anew that bear no mark of the log', async () => {
    const { mark: _, ...unmarked } = await live();
    expect(await recogniseLog(fixture.eventStore, projection, unmarked)).toEqual({
      kind: 'unmarked',
    });
    const foreign = { ...projection, streamPrefixes: ['unheard-of-'] };
    expect(await recogniseLog(fixture.eventStore, foreign, unmarked)).toEqual({ kind: 'same' });
  });

  it('names what the documents have seen of the other log', async () => {
    const restored = await another(5, 6, 7, 8, 9);
    const stores = { eventStore: restored, readStore: fixture.readStore };
    const { checkpoint, mark } = await live();
    expect(await strangeReadModels(stores, [tallyProjection('never-built'), projection])).toEqual([
      {
        projection: 'tallies',
        generation: 1,
        checkpoint,
        mark,
        reason: expect.objectContaining({ code: 'corrupt.other-log' }) as unknown,
      },
    ]);
    await restored.close();
  });
});
