import { Line, Optional, Prose, textLimits } from '../fields';
import { NamesTicket } from '../named-tickets';

/** The process of the ticket that a fact names. */
const processOfFact: Readonly<Record<string, string>> = {
  configurationItem: 'configuration-item',
  majorIncident: 'major-incident',
};

export class Correct {
  /** Name of the fact. */
  @Line()
  field!: string;

  /** The right value; null where there is none. */
  @Optional()
  @Prose()
  @NamesTicket<Correct>(({ field }) => processOfFact[field], { mayBeElsewhere: true })
  value?: string | null;

  @Prose(textLimits.reason)
  reason!: string;
}
