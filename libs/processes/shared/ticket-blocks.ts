import { joinBlocks, type TicketKind } from './block';
import { attachmentsBlock } from './blocks/attachments.block';
import { correctionBlock, type CorrectionOptions } from './blocks/correction.block';
import { effortBlock } from './blocks/effort.block';
import { escalationBlock } from './blocks/escalation.block';
import { legalHoldBlock } from './blocks/legal-hold.block';
import { linksBlock } from './blocks/links.block';
import { notesBlock } from './blocks/notes.block';
import { watchersBlock } from './blocks/watchers.block';

/** All the blocks that every ticket has, joined. A process that wants fewer joins them itself. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- it is literal
export function ticketBlocks<Title extends string, State>(
  kind: TicketKind<Title>,
  correction: CorrectionOptions<State>,
) {
  return joinBlocks(
    notesBlock(kind),
    watchersBlock(kind),
    effortBlock(kind),
    attachmentsBlock(kind),
    linksBlock(kind),
    correctionBlock(kind, correction),
    legalHoldBlock(kind),
    escalationBlock(kind),
  );
}

/** The part of the state that {@link ticketBlocks} keep. */
export type TicketParts = ReturnType<typeof ticketBlocks>['initial'];
