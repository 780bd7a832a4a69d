import { Line, OneOf, Prose, textLimits } from '../fields';

/** To more skill (the next tier), or to more authority (the line of command). */
export const escalationKinds = ['functional', 'hierarchic'] as const;

export type EscalationKind = (typeof escalationKinds)[number];

export class Escalate {
  @OneOf(escalationKinds)
  kind!: EscalationKind;

  /** The group or person it is escalated to. */
  @Line()
  to!: string;

  @Prose(textLimits.reason)
  reason!: string;
}

export class Deescalate {
  @OneOf(escalationKinds)
  kind!: EscalationKind;

  @Prose(textLimits.reason)
  reason!: string;
}
