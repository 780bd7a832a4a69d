import { Line, Lines, ListOf, OneOf, Optional, Prose, textLimits } from '../shared/fields';
import { NamesTicket } from '../shared/named-tickets';
import { SpanEntry, SPANS_MAX } from '../shared/commands/spans.commands';

/** A hard freeze stops changes, a soft one warns, a maintenance window is when they are welcome. */
export const freezeWindowKinds = ['hard', 'soft', 'maintenance'] as const;

/** One of {@link freezeWindowKinds}. */
export type FreezeWindowKind = (typeof freezeWindowKinds)[number];

const SCOPE_MAX = 1_000;
const AUTHORITIES_MAX = 50;

/** What a freeze is about: all lists empty means everything. */
class FreezeScope {
  @Optional()
  @Lines(SCOPE_MAX)
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItems?: readonly string[] | null;

  /** Classes of configuration items. */
  @Optional()
  @Lines(SCOPE_MAX)
  classes?: readonly string[] | null;

  @Optional()
  @Lines(SCOPE_MAX)
  services?: readonly string[] | null;

  @Optional()
  @Lines(SCOPE_MAX)
  tenants?: readonly string[] | null;
}

/** Drafts a freeze or a maintenance window. */
export class DraftFreezeWindow extends FreezeScope {
  @Line(textLimits.title)
  title!: string;

  @OneOf(freezeWindowKinds)
  kind!: FreezeWindowKind;

  @Prose(textLimits.reason)
  reason!: string;

  @ListOf(SPANS_MAX, () => SpanEntry)
  entries!: readonly SpanEntry[];

  /** Who may let a change happen all the same. */
  @Optional()
  @Lines(AUTHORITIES_MAX)
  authorities?: readonly string[] | null;
}

/** Replaces the calendar. */
export class SetFreezeWindowEntries {
  @ListOf(SPANS_MAX, () => SpanEntry)
  entries!: readonly SpanEntry[];

  @Prose(textLimits.reason)
  reason!: string;
}

/** Replaces the scope. */
export class SetFreezeWindowScope extends FreezeScope {
  @Prose(textLimits.reason)
  reason!: string;
}

export class NameFreezeWindowAuthorities {
  @Lines(AUTHORITIES_MAX)
  authorities!: readonly string[];
}

export class PublishFreezeWindow {}

/** Ends it before its calendar does. */
export class EndFreezeWindow {
  @Prose(textLimits.reason)
  reason!: string;
}

export class CancelFreezeWindow {
  @Prose(textLimits.reason)
  reason!: string;
}
