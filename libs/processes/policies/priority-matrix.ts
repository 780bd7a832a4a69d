import {
  refuse,
  valueChecks,
  type Policy,
  type PolicyKind,
  type Refusal,
  type ValueCheck,
} from '@ledgerdesk/kernel';

/** How impact and urgency make a priority. Level 1 and priority 1 are the gravest in all. */
export interface PriorityMatrix {
  /** Names of the impact levels, the first one is level 1. */
  readonly impacts: readonly string[];
  /** Names of the urgency levels, the first one is level 1. */
  readonly urgencies: readonly string[];
  /** One row for each impact level, one column for each urgency level. */
  readonly priorities: readonly (readonly number[])[];
}

const threeLevels = ['high', 'medium', 'low'] as const;

/** Levels that a command may name: 1 to 9. */
const LEVELS_MAX = 9;

/** ServiceNow's matrix as shipped: three levels of each, priorities 1 to 5. */
const serviceNow: PriorityMatrix = {
  impacts: threeLevels,
  urgencies: threeLevels,
  priorities: [
    [1, 2, 3],
    [2, 3, 4],
    [3, 4, 5],
  ],
};

/** iTop's matrix as shipped: whom it hits by how critical it is, priorities 1 to 4. */
const itop: PriorityMatrix = {
  impacts: ['department', 'service', 'person'],
  urgencies: ['critical', 'high', 'medium', 'low'],
  priorities: [
    [1, 1, 2, 4],
    [1, 2, 3, 4],
    [2, 3, 3, 4],
  ],
};

const fiveLevels = ['very high', 'high', 'medium', 'low', 'very low'] as const;

/**
 * GLPI's matrix as shipped. GLPI counts upwards, 5 is its gravest level; it is mirrored here, so
 * that level 1 is the gravest as in the other matrices.
 */
const glpi: PriorityMatrix = {
  impacts: fiveLevels,
  urgencies: fiveLevels,
  priorities: [
    [1, 1, 2, 3, 4],
    [1, 2, 2, 3, 4],
    [2, 2, 3, 4, 4],
    [3, 3, 4, 4, 5],
    [4, 4, 4, 5, 5],
  ],
};

const presets = {
  'servicenow-3x3': serviceNow,
  'itop-3x4': itop,
  'glpi-5x5': glpi,
} as const;

/** A row for each impact, a column for each urgency. */
const hasCells: ValueCheck = (value, place = 'value') => {
  const { impacts, urgencies, priorities } = value as PriorityMatrix;
  return [
    ...(priorities.length === impacts.length
      ? []
      : [`${place}.priorities has a row for each of the ${impacts.length} impacts`]),
    ...priorities.flatMap((row, index) =>
      row.length === urgencies.length
        ? []
        : [
            `${place}.priorities[${index}] has a cell for each of the ${urgencies.length} urgencies`,
          ],
    ),
  ];
};

const levelNames = valueChecks.list(valueChecks.text(60), { min: 1, max: LEVELS_MAX });

const kind: PolicyKind = {
  name: 'priority-matrix',
  title: 'Priority matrix',
  faults: valueChecks.both(
    valueChecks.fields({
      impacts: levelNames,
      urgencies: levelNames,
      priorities: valueChecks.list(
        valueChecks.list(valueChecks.whole(1, LEVELS_MAX), { min: 1, max: LEVELS_MAX }),
        { min: 1, max: LEVELS_MAX },
      ),
    }),
    hasCells,
  ),
  presets,
};

/** The matrices that ship with the system, by name. */
export const priorityMatrices = {
  'servicenow-3x3': { name: 'servicenow-3x3', version: 1, value: serviceNow, kind },
  'itop-3x4': { name: 'itop-3x4', version: 1, value: itop, kind },
  'glpi-5x5': { name: 'glpi-5x5', version: 1, value: glpi, kind },
} as const satisfies Readonly<Record<string, Policy<PriorityMatrix>>>;

/**
 * The priority that a matrix gives, or the refusal `refused.priority-level` that names the levels
 * which the matrix knows. Constant time.
 */
export function derivePriority(
  matrix: Policy<PriorityMatrix>,
  impact: number,
  urgency: number,
): number | Refusal {
  const priority = matrix.value.priorities[impact - 1]?.[urgency - 1];
  if (priority !== undefined) return priority;
  const { impacts, urgencies } = matrix.value;
  return refuse(
    'priority-level',
    `the matrix ${matrix.name} has no cell for impact ${impact} and urgency ${urgency}; ` +
      `impact is ${levels(impacts)}, urgency is ${levels(urgencies)}`,
    { matrix: matrix.name, impacts, urgencies },
  );
}

/** The gravest and the mildest priority that a matrix can give. */
export function priorityRange(matrix: Policy<PriorityMatrix>): { first: number; last: number } {
  const all = matrix.value.priorities.flat();
  return { first: Math.min(...all), last: Math.max(...all) };
}

function levels(names: readonly string[]): string {
  return names.map((name, index) => `${index + 1} (${name})`).join(', ');
}
