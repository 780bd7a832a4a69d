import { IsObject, Matches } from 'class-validator';
import {
  Instant,
  Line,
  Lines,
  ListOf,
  OneOf,
  Optional,
  Prose,
  textLimits,
} from '../../shared/fields';
import { NamesTicket } from '../../shared/named-tickets';
import {
  conflictKinds,
  conflictModes,
  type ConflictKind,
  type ConflictMode,
} from '../change.vocabulary';
import { ITEMS_MAX } from './planning.commands';

/** The most conflicts that one scan may report. */
const CONFLICTS_MAX = 1_000;

/** Answers the risk questionnaire in force. */
export class AnswerChangeRisk {
  /** An answer for each question, both by key. */
  @IsObject()
  answers!: Readonly<Record<string, string>>;
}

/** Has the risk calculator look at the change again, with what is known beside it. */
export class RecordChangeRisk {
  /** Facts beside those of the change: `serviceCriticality`, `successScore`. Numbers by name. */
  @IsObject()
  facts!: Readonly<Record<string, number>>;
}

export class ConflictFinding {
  /** Tells the conflict from others, and is the same in the next scan. */
  @Line(textLimits.reference)
  key!: string;

  @OneOf(conflictKinds)
  kind!: ConflictKind;

  /** The item concerned, where one is. */
  @Optional()
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem?: string | null;

  /** The change, freeze, lockdown, service or person that it conflicts with. */
  @Line(textLimits.reference)
  with!: string;

  /** Where the kind alone does not say it: a soft freeze warns, a hard one stops. */
  @Optional()
  @OneOf(['hard', 'soft'])
  severity?: 'hard' | 'soft' | null;
}

/** Records what a conflict scan found for the plan as it stands. */
export class RecordChangeConflicts {
  @OneOf(conflictModes)
  mode!: ConflictMode;

  /** Every kind that the scan looked for. */
  @Lines(conflictKinds.length)
  @OneOfEach()
  kinds!: readonly ConflictKind[];

  /** Position of the log as of which it was computed. */
  @Matches(/^\d{1,20}$/, { message: '$property must be a position of the log: digits' })
  position!: string;

  @Instant()
  plannedStart!: string;

  @Instant()
  plannedEnd!: string;

  @Lines(ITEMS_MAX)
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItems!: readonly string[];

  @ListOf(CONFLICTS_MAX, () => ConflictFinding)
  conflicts!: readonly ConflictFinding[];
}

/** Settles a conflict in the name of an authority: the change may go ahead in spite of it. */
export class ResolveChangeConflict {
  @Line(textLimits.reference)
  conflict!: string;

  @Prose(textLimits.reason)
  reason!: string;
}

/** Lets the change happen within a freeze, in the name of the authority that the freeze names. */
export class OverrideChangeFreeze {
  @Line(textLimits.reference)
  freezeWindow!: string;

  @Prose(textLimits.reason)
  reason!: string;
}

function OneOfEach(): PropertyDecorator {
  return Matches(new RegExp(`^(${conflictKinds.join('|')})$`), {
    each: true,
    message: `each of $property must be one of: ${conflictKinds.join(', ')}`,
  });
}
