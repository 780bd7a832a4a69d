import { joinBlocks } from '../shared/block';
import { legalHoldBlock } from '../shared/blocks/legal-hold.block';
import { linksBlock } from '../shared/blocks/links.block';
import { notesBlock } from '../shared/blocks/notes.block';
import { watchersBlock } from '../shared/blocks/watchers.block';
import { allPolicyStates } from './policy.lifecycle';

const kind = {
  title: 'Policy',
  name: 'policy',
  activeStates: allPolicyStates,
  allStates: allPolicyStates,
} as const;

/** Notes, watchers, links (to the change that asked for a version) and legal hold of a policy. */
export const policyBlocks = joinBlocks(
  notesBlock(kind),
  watchersBlock(kind),
  linksBlock(kind),
  legalHoldBlock(kind),
);
