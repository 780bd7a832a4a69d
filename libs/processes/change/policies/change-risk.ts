import {
  refuse,
  valueChecks,
  type Policy,
  type PolicyKind,
  type Refusal,
} from '@ledgerdesk/kernel';
import { riskLevels, type ChangeOutcome, type RiskLevel } from '../change.vocabulary';

/** A condition of the calculator: holds where the fact is within the bounds. */
interface RiskCondition {
  readonly fact: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly risk: RiskLevel;
}

/** A question, and the points of each answer. */
interface RiskQuestion {
  readonly text: string;
  readonly answers: Readonly<Record<string, number>>;
}

/** How risk is judged. */
export interface RiskPolicy {
  /** All are looked at; the gravest that holds counts. */
  readonly conditions: readonly RiskCondition[];
  readonly questions: Readonly<Record<string, RiskQuestion>>;
  /** The fewest points of a level, the gravest level first. */
  readonly levels: readonly { readonly atLeast: number; readonly risk: RiskLevel }[];
}

const yesOrNo = (text: string, yes: number): RiskQuestion => ({ text, answers: { yes, no: 0 } });

const { fields, list, map, text, whole, word } = valueChecks;
const POINTS_MAX = 1_000;
const bound = whole(-1_000_000, 1_000_000);
const levelOfRisk = word(riskLevels);

const kind: PolicyKind = {
  name: 'change-risk',
  title: 'Risk of changes',
  faults: fields({
    conditions: list(
      fields({ fact: text(100), risk: levelOfRisk }, { atLeast: bound, atMost: bound }),
      {
        max: 100,
      },
    ),
    questions: map(
      fields({ text: text(500), answers: map(whole(0, POINTS_MAX), { min: 1, max: 50 }) }),
      { max: 100 },
    ),
    levels: list(fields({ atLeast: whole(0, POINTS_MAX * 100), risk: levelOfRisk }), {
      min: 1,
      max: 20,
    }),
  }),
  presets: {},
};

/** The questionnaire and the calculator that ship with the system. */
export const changeRisk: Policy<RiskPolicy> = {
  name: 'change-risk',
  version: 1,
  kind,
  value: {
    conditions: [
      { fact: 'impact', atMost: 1, risk: 'high' },
      { fact: 'impact', atLeast: 2, atMost: 2, risk: 'moderate' },
      { fact: 'configurationItems', atLeast: 50, risk: 'high' },
      { fact: 'configurationItems', atLeast: 10, risk: 'moderate' },
      { fact: 'serviceCriticality', atMost: 1, risk: 'very-high' },
      { fact: 'successScore', atMost: -1, risk: 'high' },
    ],
    questions: {
      'outage-needed': yesOrNo('Is a service down while it happens?', 3),
      'tested-before': {
        text: 'Was it tried on a system like this one?',
        answers: { yes: 0, partly: 2, no: 4 },
      },
      'back-out-tried': yesOrNo('Is the back-out plan untried?', 3),
      'first-of-its-kind': yesOrNo('Is it the first change of its kind?', 2),
    },
    levels: [
      { atLeast: 10, risk: 'very-high' },
      { atLeast: 7, risk: 'high' },
      { atLeast: 4, risk: 'moderate' },
      { atLeast: 0, risk: 'low' },
    ],
  },
};

/** What calculator and questionnaire say; the graver one counts. Null where it was not asked. */
export interface RiskVerdict {
  readonly calculator: RiskLevel;
  readonly questionnaire: RiskLevel | null;
  readonly risk: RiskLevel;
}

/** Judges the risk. Cost: one look at each condition and each question. */
export function deriveRisk(
  { value: policy }: Policy<RiskPolicy>,
  facts: Readonly<Record<string, number>>,
  answers: Readonly<Record<string, string>> | null,
): RiskVerdict {
  const calculator = gravest(
    policy.conditions.filter((condition) => holds(condition, facts)).map(({ risk }) => risk),
  );
  const questionnaire = answers === null ? null : questionnaireRisk(policy, answers);
  const risk = gravest([calculator, ...(questionnaire === null ? [] : [questionnaire])]);
  return { calculator, questionnaire, risk };
}

/** True where each question has one of its answers, else the refusal that names what is wrong. */
export function areAnswersComplete(
  { value: { questions } }: Policy<RiskPolicy>,
  answers: Readonly<Record<string, unknown>>,
): true | Refusal {
  const known = Object.keys(questions);
  const wrong = [
    ...known.filter((key) => {
      const answer = answers[key];
      const { answers: possible = {} } = questions[key] ?? {};
      return typeof answer !== 'string' || !Object.hasOwn(possible, answer);
    }),
    ...Object.keys(answers).filter((key) => !known.includes(key)),
  ];
  if (wrong.length === 0) return true;
  return refuse(
    'risk-answers',
    `the questionnaire has other questions or answers: ${wrong.join(', ')}`,
    {
      wrong,
      questions: Object.fromEntries(
        Object.entries(questions).map(([key, question]) => [key, Object.keys(question.answers)]),
      ),
    },
  );
}

/** One change that is over, for the score of a team, a type or a model. */
export interface ScoredChange {
  readonly outcome: ChangeOutcome;
  /** Incidents that it caused, by priority. */
  readonly incidents: Readonly<{ p1: number; p2: number; p3: number }>;
}

const outcomePoints: Readonly<Record<ChangeOutcome, number>> = {
  successful: 3,
  'successful-with-issues': -2,
  unsuccessful: -5,
  'backed-out': -5,
};

/** +3, -2 and -5 by outcome; -10, -5 and -2 for each incident of priority 1, 2 and 3 caused. */
export function successScore(changes: readonly ScoredChange[]): number {
  return changes.reduce(
    (score, { outcome, incidents: { p1, p2, p3 } }) =>
      score + outcomePoints[outcome] - 10 * p1 - 5 * p2 - 2 * p3,
    0,
  );
}

function questionnaireRisk(
  { questions, levels }: RiskPolicy,
  answers: Readonly<Record<string, string>>,
): RiskLevel {
  const points = Object.entries(questions).reduce(
    (sum, [key, question]) => sum + (question.answers[answers[key] ?? ''] ?? 0),
    0,
  );
  return levels.find(({ atLeast }) => points >= atLeast)?.risk ?? 'low';
}

function holds(
  { fact, atLeast = -Infinity, atMost = Infinity }: RiskCondition,
  facts: Readonly<Record<string, number>>,
): boolean {
  const value = facts[fact];
  return value !== undefined && value >= atLeast && value <= atMost;
}

function gravest(levels: readonly RiskLevel[]): RiskLevel {
  const index = Math.max(0, ...levels.map((level) => riskLevels.indexOf(level)));
  return riskLevels[index] ?? 'low';
}
