import type { ProcessState } from '@ledgerdesk/kernel';
import type { PartsOf } from '../shared/block';
import type { BaselineItem } from './baseline-comparison';
import type { baselineBlocks } from './configuration-baseline.blocks';
import type { BaselineLifecycleState } from './configuration-baseline.lifecycle';

/** What lists know of a baseline. */
export interface BaselineFacts extends ProcessState {
  readonly state: BaselineLifecycleState | null;
  /** The UUID behind the first dash of the stream's name. */
  readonly id: string | null;
  readonly number: string | null;
  readonly name: string | null;
  readonly change: string | null;
  readonly itemCount: number;
  readonly openedBy: string | null;
  readonly openedAt: string | null;
  readonly supersededBy: string | null;
  readonly withdrawnReason: string | null;
}

/** What only the baseline itself shows. */
export interface BaselineRecord {
  readonly scope: string | null;
  readonly purpose: string | null;
  readonly items: readonly BaselineItem[];
}

/** A baseline as it is folded from its stream. */
export interface BaselineState extends BaselineFacts, BaselineRecord, BaselineParts {}

type BaselineParts = PartsOf<readonly [typeof baselineBlocks]>;

/** Before anything happened. Every field is there, so that all states have one shape. */
export const initialBaseline: BaselineFacts & BaselineRecord = {
  state: null,
  id: null,
  number: null,
  name: null,
  change: null,
  itemCount: 0,
  openedBy: null,
  openedAt: null,
  supersededBy: null,
  withdrawnReason: null,
  scope: null,
  purpose: null,
  items: [],
};
