import {
  defineFlow,
  ticketIdOfStream,
  type FlowCommand,
  type FlowDecision,
  type FlowDefinition,
} from '@ledgerdesk/kernel';

interface BoardState {
  readonly meeting: string;
}

const ADOPT = 'adopt';
const NOTE_LENGTH_MAX = 30_000;

const words: Readonly<Record<string, string>> = {
  deferred: 'The change advisory board deferred the change.',
  withdrawn: 'The change was withdrawn from the agenda of the change advisory board.',
  'needs-information': 'The change advisory board needs to know more.',
};

/**
 * What the advisory board decides in a meeting becomes the answer to its round of approval, each
 * vote under both names; a decision that is neither yes nor no is noted on the change.
 *
 * An instance ends with the decision that began it; nothing that it does decides in a meeting.
 */
export const cabToChange: FlowDefinition<BoardState> = defineFlow<BoardState>({
  name: 'cab-to-change',
  version: 1,
  title: 'Carry decisions of the board to the change',
  summary: 'Takes a decision of the advisory board for its answer to the change it was about.',
  events: { CabMeetingItemDecided: 'starts', FlowCommandRefused: 'continues' },
  follows: {
    CabMeetingItemDecided: {
      commands: ['change.AdoptCabDecision', 'change.AddChangeNote'],
      ends: true,
    },
    FlowCommandRefused: { commands: ['change.ScanChange', 'change.AdoptCabDecision'], ends: true },
  },
  correlate: ({ data }) => String(data['change']),
  initial: { meeting: '' },
  evolve: (state, { type, stream }) =>
    type === 'CabMeetingItemDecided' ? { meeting: ticketIdOfStream(stream) } : state,
  decide: (state, { type, data }, { key }) =>
    type === 'CabMeetingItemDecided' ? onDecision(state, data, key) : onRefusal(state, data, key),
  // What a board decided is undone by another decision.
  compensations: {},
  policies: {},
});

type Fields = Readonly<Record<string, unknown>>;

function onDecision(
  { meeting }: BoardState,
  { decision, notes }: Fields,
  change: string,
): FlowDecision {
  const word = words[String(decision)];
  const said = typeof notes === 'string' ? ` ${notes}` : '';
  const command =
    word === undefined
      ? { ...adoption(meeting, change), step: ADOPT, branchesOnRefusal: true }
      : noted(change, `${word}${said}`.slice(0, NOTE_LENGTH_MAX));
  return { commands: [command], complete: true };
}

/** An old scan is made anew once; a conflict or a hold needs a person. */
function onRefusal(
  { meeting }: BoardState,
  { code }: Fields,
  change: string,
): FlowDecision | undefined {
  if (code !== 'refused.stale-scan') return undefined;
  const scan: FlowCommand = {
    process: 'change',
    ticket: change,
    command: 'ScanChange',
    body: {},
    tolerates: ['refused.state'],
  };
  return {
    commands: [scan, { ...adoption(meeting, change), step: 'adopt after the scan' }],
    complete: true,
  };
}

function adoption(meeting: string, change: string): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'AdoptCabDecision',
    body: { meeting },
    tolerates: [
      // It went on, back or away since.
      'refused.state',
      'refused.stale-decision',
      // Answered by its members already, or no board is asked for such a change.
      'refused.already-requested',
      'refused.no-board',
    ],
  };
}

function noted(change: string, text: string): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'AddChangeNote',
    body: { text, visibility: 'internal' },
    tolerates: ['refused.state'],
  };
}
