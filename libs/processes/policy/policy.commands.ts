import { canonicalJson } from '@ledgerdesk/kernel';
import { Matches, ValidateBy } from 'class-validator';
import { Instant, Line, Optional, Prose, textLimits, Whole } from '../shared/fields';

/** Longest value of a policy, in characters of its canonical JSON. */
const POLICY_VALUE_LENGTH_MAX = 64_000;

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const VERSION_MAX = 1_000_000;

function PolicyValue(): PropertyDecorator {
  return ValidateBy({
    name: 'isPolicyValue',
    constraints: [POLICY_VALUE_LENGTH_MAX],
    validator: {
      validate: (value) => {
        try {
          return canonicalJson(value).length <= POLICY_VALUE_LENGTH_MAX;
        } catch {
          return false;
        }
      },
      defaultMessage: () =>
        `$property must be a JSON value of at most ${POLICY_VALUE_LENGTH_MAX} characters`,
    },
  });
}

/** Takes a policy over from the build, with the value that is in force. */
export class IntroducePolicy {
  /** `priority-matrix` */
  @Line()
  @Matches(NAME, { message: '$property must be kebab text, such as priority-matrix' })
  policy!: string;

  @Prose(textLimits.reason)
  reason!: string;
}

/** Proposes a version. Exactly one of value, preset and ofVersion. */
export class ProposePolicyVersion {
  /** The whole value, not only what changes. */
  @Optional()
  @PolicyValue()
  value?: unknown;

  /** Name of a preset. */
  @Optional()
  @Line()
  preset?: string | null;

  /** An earlier version whose value is to be in force again. */
  @Optional()
  @Whole(1, VERSION_MAX)
  ofVersion?: number | null;

  @Prose(textLimits.reason)
  reason!: string;
}

export class WithdrawPolicyProposal {
  @Prose(textLimits.reason)
  reason!: string;
}

class Publication {
  /** Default: now. Never before now: what was decided stays as it was. */
  @Optional()
  @Instant()
  effectiveFrom?: string | null;
}

/** Puts the proposed version in force. */
export class PublishPolicyVersion extends Publication {}

/** Publishes a preset as the next version. */
export class AdoptPolicyPreset extends Publication {
  @Line()
  preset!: string;

  @Prose(textLimits.reason)
  reason!: string;
}

/** Publishes the value of an earlier version as the next one. */
export class RollBackPolicy extends Publication {
  @Whole(1, VERSION_MAX)
  ofVersion!: number;

  @Prose(textLimits.reason)
  reason!: string;
}

/** Gives the policy back to the build. */
export class RetirePolicy {
  @Prose(textLimits.reason)
  reason!: string;
}
