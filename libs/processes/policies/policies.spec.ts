import {
  defaultTicketPolicies,
  derivePriority,
  incidentProcess,
  isWithinReopenWindow,
  priorityMatrices,
  priorityRange,
  reopenWindowOf7Days,
  withPolicies,
} from '../index';

const matrices = Object.entries(priorityMatrices);

describe('a priority matrix', () => {
  it.each(matrices)(
    '%s goes by its own name and has a cell for each pair of levels',
    (name, matrix) => {
      const { impacts, urgencies, priorities } = matrix.value;
      expect(matrix.name).toBe(name);
      expect(priorities).toHaveLength(impacts.length);
      for (const row of priorities) expect(row).toHaveLength(urgencies.length);
    },
  );

  it.each(matrices)('%s never gets milder as impact or urgency gets graver', (_, matrix) => {
    const { priorities } = matrix.value;
    const rises = (cells: readonly (number | undefined)[]): boolean =>
      cells.every((cell, index) => index === 0 || (cells[index - 1] ?? 0) <= (cell ?? 0));
    const columns = (priorities[0] ?? []).map((_cell, column) =>
      priorities.map((row) => row[column]),
    );
    expect([...priorities, ...columns].filter((cells) => !rises(cells))).toEqual([]);
  });

  it.each([
    ['servicenow-3x3', 1, 1, 1],
    ['servicenow-3x3', 2, 3, 4],
    ['servicenow-3x3', 3, 3, 5],
    ['itop-3x4', 1, 2, 1],
    ['itop-3x4', 3, 1, 2],
    ['itop-3x4', 1, 4, 4],
    ['glpi-5x5', 1, 1, 1],
    ['glpi-5x5', 3, 3, 3],
    ['glpi-5x5', 5, 5, 5],
  ] as const)(
    '%s gives for impact %d and urgency %d the priority %d',
    (name, impact, urgency, priority) => {
      expect(derivePriority(priorityMatrices[name], impact, urgency)).toBe(priority);
    },
  );

  it.each([
    [0, 1],
    [4, 1],
    [1, 1.5],
    [1, -1],
  ])('refuses impact %d and urgency %d, naming the levels that there are', (impact, urgency) => {
    expect(derivePriority(priorityMatrices['servicenow-3x3'], impact, urgency)).toMatchObject({
      refused: 'refused.priority-level',
      message: expect.stringContaining('impact is 1 (high), 2 (medium), 3 (low)'),
    });
  });

  it('knows the range of its priorities', () => {
    expect(priorityRange(priorityMatrices['itop-3x4'])).toEqual({ first: 1, last: 4 });
  });
});

describe('the reopen window', () => {
  const resolvedAt = '2026-03-02T08:00:00.000Z';

  it('is open to its last millisecond', () => {
    expect(isWithinReopenWindow(reopenWindowOf7Days, resolvedAt, '2026-03-09T08:00:00.000Z')).toBe(
      true,
    );
  });

  it('is over a millisecond later, and says since when', () => {
    expect(
      isWithinReopenWindow(reopenWindowOf7Days, resolvedAt, '2026-03-09T08:00:00.001Z'),
    ).toMatchObject({
      refused: 'refused.reopen-window',
      details: { reopenableUntil: '2026-03-09T08:00:00.000Z' },
    });
  });

  it('does not stand in the way of what was never resolved', () => {
    expect(isWithinReopenWindow(reopenWindowOf7Days, null, resolvedAt)).toBe(true);
  });
});

describe('a process under other policies', () => {
  it('keeps those that are not named', () => {
    const { policies } = withPolicies(incidentProcess, {
      priorityMatrix: priorityMatrices['glpi-5x5'],
    });
    expect(policies).toEqual({
      ...defaultTicketPolicies,
      priorityMatrix: priorityMatrices['glpi-5x5'],
    });
  });
});
