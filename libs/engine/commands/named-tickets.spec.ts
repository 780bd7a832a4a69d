import type { NamedTicket, OriginKind } from '@ledgerdesk/kernel';
import { counterProcess } from '../testing';
import { ABSENT_REVISION } from '../tickets/ticket';
import { NamedTicketsCheck, type NamedTicketsOptions } from './named-tickets';
import { ProcessTable } from './process-table';

const PROCESS = counterProcess.name;
const THERE = '0197c6a2-6a4e-7c1e-8f00-000000000001';
const NOWHERE = '0197c6a2-6a4e-7c1e-8f00-000000000002';
const NUMBER = `${counterProcess.numberPrefix}-000001`;

let lookedUp: string[];

const options = {
  processes: new ProcessTable([counterProcess]),
  references: {
    find: async (_: string, reference: string) => {
      lookedUp.push(reference);
      return reference === NUMBER ? THERE : reference.length === 36 ? reference : undefined;
    },
  },
  loader: {
    current: async (_: object, id: string) => ({ revision: id === THERE ? 0n : ABSENT_REVISION }),
  },
} as unknown as NamedTicketsOptions;

function refusalOf(
  named: readonly Partial<NamedTicket>[],
  { kind = 'api', isCompanion = false }: { kind?: OriginKind; isCompanion?: boolean } = {},
): ReturnType<NamedTicketsCheck['refusalOf']> {
  const names = (): readonly object[] =>
    named.map((each) => ({ field: 'of', process: PROCESS, mayBeElsewhere: false, ...each }));
  const plan = { command: { definition: { names } }, request: { command: {}, origin: { kind } } };
  const check = new NamedTicketsCheck(options);
  return check.refusalOf(check.of({ ...plan, isCompanion } as never));
}

beforeEach(() => {
  lookedUp = [];
});

describe('the tickets that a command names', () => {
  it('are found by id and by number', async () => {
    expect(await refusalOf([{ ticket: THERE }, { ticket: NUMBER }])).toBeUndefined();
  });

  it('are refused with those that are not there, however they are named', async () => {
    const named = [{ ticket: NOWHERE }, { ticket: NUMBER }, { ticket: 'the other one' }];
    expect(await refusalOf(named)).toMatchObject({
      refused: 'refused.related-missing',
      message: expect.stringContaining(`there is no ${PROCESS} ${NOWHERE}; give the id or number`),
      details: { field: 'of', references: [NOWHERE, 'the other one'] },
    });
  });

  it('may be of another system only where they do not read like one of this', async () => {
    const mayBeElsewhere = true;
    expect(await refusalOf([{ ticket: 'relay-1', mayBeElsewhere }])).toBeUndefined();
    expect(lookedUp).toEqual([]);
    for (const ticket of [NOWHERE, NUMBER.replace('1', '9'), NUMBER.toLowerCase()]) {
      expect(await refusalOf([{ ticket, mayBeElsewhere }])).toMatchObject({
        details: { references: [ticket] },
      });
    }
  });

  it('are asked for in few, however many are missing', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ ticket: `nowhere ${i}` }));
    expect((await refusalOf(many))?.details?.['references']).toHaveLength(10);
    expect(lookedUp).toHaveLength(10);
  });

  it.each([
    ['a flow', { kind: 'flow' }],
    ['an import', { kind: 'import' }],
    ['a companion', { isCompanion: true }],
  ] as const)('are taken as they come from %s', async (_, origin) => {
    expect(await refusalOf([{ ticket: NOWHERE }], origin)).toBeUndefined();
    expect(lookedUp).toEqual([]);
  });
});
