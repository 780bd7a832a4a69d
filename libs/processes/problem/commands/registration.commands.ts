import { LEVEL_MAX } from '../../shared/commands/priority.commands';
import {
  isThere,
  Line,
  Lines,
  OneOf,
  Optional,
  Prose,
  RequiredIf,
  textLimits,
  Whole,
} from '../../shared/fields';
import { NamesTicket } from '../../shared/named-tickets';
import { problemOrigins, type ProblemOrigin } from '../problem.vocabulary';

/** The most incidents that one registration may name; more are linked later. */
const INCIDENTS_MAX = 100;

/** Registers a problem: from incidents, from a trend, or from a vendor's notice. */
export class RegisterProblem {
  @OneOf(problemOrigins)
  origin!: ProblemOrigin;

  /** Default: the first line of the statement. */
  @Optional()
  @Line(textLimits.title)
  title?: string | null;

  /** What goes wrong, as far as it is known. */
  @Prose()
  statement!: string;

  @Whole(1, LEVEL_MAX)
  impact!: number;

  @Whole(1, LEVEL_MAX)
  urgency!: number;

  @Line()
  organisation!: string;

  /** Ids or numbers of the incidents that it explains. */
  @RequiredIf<RegisterProblem>(({ origin }) => origin === 'reactive', 'origin is reactive')
  @Lines(INCIDENTS_MAX)
  incidents?: readonly string[] | null;

  /** The pattern that was found. */
  @RequiredIf<RegisterProblem>(({ origin }) => origin === 'proactive', 'origin is proactive')
  @Prose(textLimits.reason)
  trend?: string | null;

  /** What its incidents have in common: further ones of that pattern belong to it. */
  @Optional()
  @Line()
  pattern?: string | null;

  @RequiredIf<RegisterProblem>(({ origin }) => origin === 'vendor', 'origin is vendor')
  @Line()
  vendor?: string | null;

  /** Number or address of the vendor's notice. */
  @RequiredIf<RegisterProblem>(({ origin }) => origin === 'vendor', 'origin is vendor')
  @Line(textLimits.reference)
  vendorReference?: string | null;

  @RequiredIf<RegisterProblem>(({ subcategory }) => isThere(subcategory), 'subcategory is there')
  @Line()
  category?: string | null;

  @Optional()
  @Line()
  subcategory?: string | null;

  @Optional()
  @Line()
  service?: string | null;

  @Optional()
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem?: string | null;
}

/** Says what the problem is about; what is absent stays as it was registered. */
export class AssessProblem {
  /** Needed where it was not registered. */
  @Optional()
  @Line()
  category?: string | null;

  @Optional()
  @Line()
  subcategory?: string | null;

  /** Needed where neither a service nor a configuration item is known. */
  @Optional()
  @Line()
  service?: string | null;

  @Optional()
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem?: string | null;
}

/** Accepts it as a problem, with a team and a coordinator for the root cause analysis. */
export class ConfirmProblem {
  /** Needed where no group has it yet. */
  @Optional()
  @Line()
  group?: string | null;

  /** The person of the group who answers for it; needed where nobody has it yet. */
  @Optional()
  @Line()
  coordinator?: string | null;
}

/** Replaces what is said of the problem; absent: as it is, null: taken away. */
export class EditProblem {
  @Optional()
  @Line(textLimits.title)
  title?: string | null;

  @Optional()
  @Prose()
  statement?: string | null;

  @Optional()
  @Line()
  organisation?: string | null;

  @Optional()
  @Line()
  category?: string | null;

  @Optional()
  @Line()
  subcategory?: string | null;

  @Optional()
  @Line()
  service?: string | null;

  @Optional()
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem?: string | null;

  @Optional()
  @Line()
  vendor?: string | null;

  @Optional()
  @Line(textLimits.reference)
  vendorReference?: string | null;
}
