import { refuse, type Guard } from '@ledgerdesk/kernel';
import { joinBlocks, type TicketKind } from '../shared/block';
import { editingBlock } from '../shared/blocks/editing.block';
import { defineGuard } from '../shared/command-definition';
import { excerptOf } from '../shared/excerpt';
import { textLimits } from '../shared/fields';
import { ticketBlocks } from '../shared/ticket-blocks';
import { EditKnownError } from './known-error.commands';
import { allKnownErrorStates, currentKnownErrorStates } from './known-error.lifecycle';
import type { KnownErrorState } from './known-error.state';

const kind: TicketKind<'KnownError'> = {
  title: 'KnownError',
  name: 'known-error',
  activeStates: currentKnownErrorStates,
  allStates: allKnownErrorStates,
};

const line = { max: textLimits.name };
const prose = { max: textLimits.prose };

/** Prose of a known error: by field, the name of its beginning in the facts where there is one. */
const excerpts: Readonly<Record<string, string | null>> = {
  symptom: 'excerpt',
  workaround: 'workaroundExcerpt',
  rootCause: null,
  solution: null,
};

/** What a known error has in common with other tickets. */
export const knownErrorBlocks = joinBlocks(
  ticketBlocks<'KnownError', KnownErrorState>(kind, {
    facts: {
      title: { max: textLimits.title, required: true },
      symptom: { ...prose, required: true },
      rootCause: prose,
      workaround: prose,
      solution: prose,
      errorCode: line,
      vendor: line,
      model: line,
      version: line,
    },
    apply: (field, to) => ({ [field]: to, ...beginning(field, to) }),
    applyToFacts: (field, to) => (field in excerpts ? beginning(field, to) : { [field]: to }),
  }),
  editingBlock<KnownErrorState>(kind, {
    type: EditKnownError,
    example: { solution: 'Version 4.2 closes idle connections.', version: '4.1' },
    from: currentKnownErrorStates,
    guards: ['keepsCauseOrWorkaround'],
    facts: {
      title: { required: true },
      symptom: { required: true, prose: { excerpt: 'excerpt' } },
      rootCause: { prose: true },
      workaround: { prose: { excerpt: 'workaroundExcerpt' } },
      solution: { prose: true },
      errorCode: {},
      domain: {},
      vendor: {},
      model: {},
      version: {},
      configurationItems: { kind: 'text[]' },
      documents: { kind: 'text[]', prose: true },
    },
  }),
);

/** What the guard of an edit looks at. */
export const keepsCauseOrWorkaround: Guard<KnownErrorState> = defineGuard<
  KnownErrorState,
  EditKnownError
>({
  unless: 'it is a draft, or keeps a root cause or a workaround',
  check: (state, { rootCause, workaround }) => {
    const cause = rootCause === undefined ? state.rootCause : rootCause;
    const way = workaround === undefined ? state.workaround : workaround;
    return (
      state.state === 'draft' ||
      cause !== null ||
      way !== null ||
      refuse('no-cause-or-workaround', 'a published known error keeps a root cause or a workaround')
    );
  },
});

function beginning(field: string, to: string | null): Partial<KnownErrorState> {
  const name = excerpts[field] ?? null;
  return name === null ? {} : { [name]: excerptOf(to) };
}
