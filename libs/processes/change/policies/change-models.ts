import {
  refuse,
  valueChecks,
  type Policy,
  type PolicyKind,
  type Refusal,
} from '@ledgerdesk/kernel';
import { allChangeStates, modelledCommands, type ChangeLifecycleState } from '../change.lifecycle';
import type { ChangeType } from '../change.vocabulary';

/** One step that a model allows. */
interface ModelStep {
  readonly command: string;
  readonly from: ChangeLifecycleState;
  readonly to: ChangeLifecycleState;
}

/** How changes of one kind go: a list of steps, and what they ask for. A change keeps its model. */
export interface ChangeModel {
  readonly name: string;
  readonly steps: readonly ModelStep[];
  /** Names of the approval policies that all must have said yes. */
  readonly requiredApprovals: readonly string[];
  /** Hours after the start by which a change that began without approval must have it. */
  readonly retrospectiveHours: number;
  /** `on-failure`: when work failed, or the change is in the sample. */
  readonly review: 'always' | 'on-failure';
  /** Every n-th change is reviewed in any case; 0: none. */
  readonly reviewSampleEvery: number;
  /** How far a scheduled change may be moved before its approvals are void. */
  readonly rescheduleToleranceMinutes: number;
  /** How old the last conflict scan may be when the change starts. */
  readonly scanAgeHoursMax: number;
  /** What must be there when it is submitted, by field of the change. */
  readonly mandatory: readonly string[];
}

/** The models of one version, by name. */
export interface ChangeModels {
  readonly models: Readonly<Record<string, ChangeModel>>;
  /** Hours without a second detection on the same configuration item. */
  readonly quietPeriodHours: number;
}

const steps = (...list: readonly (readonly [string, string, string])[]): readonly ModelStep[] =>
  list.map(([command, from, to]) => ({ command, from, to }) as ModelStep);

const everyPlan = [
  'description',
  'justification',
  'impact',
  'risk',
  'implementationPlan',
  'testPlan',
  'backOutPlan',
  'plannedStart',
  'configurationItems',
];

const usual = {
  retrospectiveHours: 0,
  rescheduleToleranceMinutes: 60,
  reviewSampleEvery: 0,
  scanAgeHoursMax: 24,
  mandatory: everyPlan,
} as const;

const normal: ChangeModel = {
  ...usual,
  name: 'normal',
  steps: steps(
    ['SubmitChange', 'new', 'assess'],
    ['TechnicalApproveChange', 'assess', 'authorise'],
    ['TechnicalRejectChange', 'assess', 'new'],
    ['ApproveChange', 'authorise', 'scheduled'],
    ['RejectChange', 'authorise', 'new'],
    ['RevertChange', 'new', 'new'],
    ['RevertChange', 'assess', 'new'],
    ['RevertChange', 'authorise', 'new'],
    ['StartChange', 'scheduled', 'implement'],
  ),
  requiredApprovals: ['change-manager', 'cab'],
  review: 'always',
};

const standard: ChangeModel = {
  ...usual,
  name: 'standard',
  steps: steps(
    ['SubmitChange', 'new', 'scheduled'],
    ['RevertChange', 'new', 'new'],
    ['StartChange', 'scheduled', 'implement'],
  ),
  requiredApprovals: [],
  review: 'on-failure',
  reviewSampleEvery: 10,
};

const emergency: ChangeModel = {
  ...usual,
  name: 'emergency',
  steps: steps(
    ['SubmitChange', 'new', 'authorise'],
    ['ApproveChange', 'authorise', 'scheduled'],
    ['ApproveChange', 'implement', 'implement'],
    ['ApproveChange', 'review', 'review'],
    ['RejectChange', 'authorise', 'new'],
    ['RejectChange', 'implement', 'implement'],
    ['RejectChange', 'review', 'review'],
    ['RevertChange', 'new', 'new'],
    ['RevertChange', 'authorise', 'new'],
    ['StartChange', 'scheduled', 'implement'],
    // Only where the service was down and the change was submitted as retrospective.
    ['StartChange', 'authorise', 'implement'],
  ),
  requiredApprovals: ['ecab'],
  retrospectiveHours: 24,
  review: 'always',
};

/** What was done already is judged afterwards: it skips schedule and implementation. */
const unauthorised: ChangeModel = {
  ...usual,
  name: 'unauthorised',
  steps: steps(['ApproveChange', 'authorise', 'review'], ['RejectChange', 'authorise', 'review']),
  requiredApprovals: ['ecab'],
  review: 'always',
  mandatory: [],
};

const shipped: ChangeModels = {
  models: { normal, standard, emergency, unauthorised },
  quietPeriodHours: 24,
};

const { fields, list, text, whole, word } = valueChecks;
const HOURS_MAX = 10_000;

/** The commands that a model leads on by. */
const steppingCommands = [...modelledCommands, 'ApproveChange', 'RejectChange'];

const modelOf = (name: string): ReturnType<typeof fields> =>
  fields({
    name: word([name]),
    steps: list(
      fields({
        command: word(steppingCommands),
        from: word(allChangeStates),
        to: word(allChangeStates),
      }),
      { min: 1, max: 100 },
    ),
    requiredApprovals: list(text(200), { max: 20 }),
    retrospectiveHours: whole(0, HOURS_MAX),
    review: word(['always', 'on-failure']),
    reviewSampleEvery: whole(0, 1_000_000),
    rescheduleToleranceMinutes: whole(0, HOURS_MAX * 60),
    scanAgeHoursMax: whole(0, HOURS_MAX),
    mandatory: list(word(everyPlan), { max: everyPlan.length }),
  });

const kind: PolicyKind = {
  name: 'change-models',
  title: 'Change models',
  faults: fields({
    models: fields(
      Object.fromEntries(Object.keys(shipped.models).map((name) => [name, modelOf(name)])),
    ),
    quietPeriodHours: whole(0, HOURS_MAX),
  }),
  presets: { 'normal-standard-emergency': shipped },
};

/** The three models, and the way of changes that were found. */
export const changeModels: Policy<ChangeModels> = {
  name: kind.name,
  version: 1,
  value: shipped,
  kind,
};

/** The model in force for a type. */
export function modelFor(
  { value: { models } }: Policy<ChangeModels>,
  type: ChangeType | 'unauthorised',
): ChangeModel {
  return models[type] ?? { ...normal, name: type };
}

/** Where the model leads from a state by a command; undefined where it does not allow that. */
export function stepOf(
  model: ChangeModel | null,
  command: string,
  from: string | null,
): ChangeLifecycleState | undefined {
  return model?.steps.find((step) => step.command === command && step.from === from)?.to;
}

/** Says what the model allows instead. */
export function notInModel(
  model: ChangeModel | null,
  command: string,
  from: string | null,
): Refusal {
  const allowed = model?.steps.filter((step) => step.from === from).map((step) => step.command);
  return refuse(
    'model',
    `the model ${model?.name ?? 'of the change'} has no ${command} in state ${from ?? 'none'}; ` +
      `it has ${allowed?.join(', ') ?? 'no steps'}`,
    { model: model?.name ?? null, steps: allowed ?? [] },
  );
}
