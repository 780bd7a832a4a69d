import { ticketKey, type DecisionContext, type RelatedTicket } from '@ledgerdesk/kernel';

/** What a change reads of a template. */
export interface TemplateView {
  readonly state: string | null;
  readonly number: string | null;
  /** The version that is published; 0 before the first. */
  readonly publishedVersion: number;
  readonly content: TemplateContentView | null;
}

/** What a published template brings along; `variables` names the fields that a change may set. */
export interface TemplateContentView {
  readonly description: string | null;
  readonly justification: string | null;
  readonly implementationPlan: string | null;
  readonly testPlan: string | null;
  readonly backOutPlan: string | null;
  readonly impact: number | null;
  readonly variables: readonly string[];
}

/** What a change reads of a freeze window. */
export interface FreezeView {
  readonly state: string | null;
  readonly number: string | null;
  readonly kind: string | null;
  readonly authorities: readonly string[];
  readonly entries: readonly { readonly start: string; readonly end: string }[];
  readonly scope: {
    readonly configurationItems: readonly string[];
    readonly classes: readonly string[];
    readonly services: readonly string[];
  };
}

/** What a change reads of a lockdown. */
export interface LockdownView {
  readonly number: string | null;
  readonly entries: readonly { readonly start: string; readonly end: string }[];
  readonly configurationItems: readonly string[];
  readonly services: readonly string[];
}

/** What a change reads of a configuration item. */
export interface ItemView {
  readonly number: string | null;
  readonly name: string | null;
  readonly ciClass: string | null;
  readonly relations: readonly {
    readonly impact: string;
    readonly target: string;
    readonly targetNumber: string;
  }[];
}

/** What a change reads of a meeting of its board. */
export interface MeetingView {
  readonly number: string | null;
  readonly items: readonly MeetingItemView[];
}

/** One change on the agenda, with the votes under both names. */
export interface MeetingItemView {
  readonly change: string;
  readonly decision: string | null;
  readonly decidedAt: string | null;
  readonly notes: string | null;
  readonly votes: readonly {
    readonly member: string;
    readonly votedBy: string;
    readonly vote: string;
    readonly comment: string | null;
  }[];
}

type Related = Pick<DecisionContext, 'related'>;

/** The template of that id or number. */
export function templateOf(
  { related }: Related,
  reference: string,
): (Omit<RelatedTicket, 'state'> & { readonly state: TemplateView }) | undefined {
  const found = related.get(ticketKey({ process: 'change-template', ticket: reference }));
  return found as unknown as ReturnType<typeof templateOf>;
}

/** The meeting of that id or number. */
export function meetingOf({ related }: Related, reference: string): MeetingView | undefined {
  const found = related.get(ticketKey({ process: 'cab-meeting', ticket: reference }));
  return found?.state as unknown as MeetingView | undefined;
}

/** The freeze window of that id or number. */
export function freezeOf(
  { related }: Related,
  reference: string,
): (Omit<RelatedTicket, 'state'> & { readonly state: FreezeView }) | undefined {
  const found = related.get(ticketKey({ process: 'freeze-window', ticket: reference }));
  return found as unknown as ReturnType<typeof freezeOf>;
}
