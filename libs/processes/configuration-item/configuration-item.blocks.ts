import { joinBlocks } from '../shared/block';
import { attachmentsBlock } from '../shared/blocks/attachments.block';
import { legalHoldBlock } from '../shared/blocks/legal-hold.block';
import { linksBlock } from '../shared/blocks/links.block';
import { notesBlock } from '../shared/blocks/notes.block';
import { watchersBlock } from '../shared/blocks/watchers.block';
import { allCIStates, keptCIStates } from './configuration-item.lifecycle';

const kind = {
  title: 'CI',
  name: 'configuration-item',
  activeStates: keptCIStates,
  allStates: allCIStates,
} as const;

/**
 * Notes, watchers, files, links and legal hold of an item. Its attributes have corrections of their
 * own, as their schema decides what fits them.
 */
export const ciBlocks = joinBlocks(
  notesBlock(kind),
  watchersBlock(kind),
  attachmentsBlock(kind),
  linksBlock(kind),
  legalHoldBlock(kind),
);
