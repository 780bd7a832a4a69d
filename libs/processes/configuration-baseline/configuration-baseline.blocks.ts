import { joinBlocks } from '../shared/block';
import { legalHoldBlock } from '../shared/blocks/legal-hold.block';
import { linksBlock } from '../shared/blocks/links.block';
import { notesBlock } from '../shared/blocks/notes.block';
import { allBaselineStates } from './configuration-baseline.lifecycle';

const kind = {
  title: 'Baseline',
  name: 'configuration-baseline',
  activeStates: allBaselineStates,
  allStates: allBaselineStates,
} as const;

/** Notes, links and legal hold of a baseline. */
export const baselineBlocks = joinBlocks(notesBlock(kind), linksBlock(kind), legalHoldBlock(kind));
