import { addCalendarDays, addWorkingDays } from './working-days';

describe('working days', () => {
  it.each([
    ['Monday', '2026-03-02T08:15:00.000Z', 5, '2026-03-09T08:15:00.000Z'],
    ['Friday evening', '2026-03-06T23:59:59.999Z', 1, '2026-03-09T23:59:59.999Z'],
    ['Friday', '2026-03-06T12:00:00.000Z', 5, '2026-03-13T12:00:00.000Z'],
    ['Saturday', '2026-03-07T12:00:00.000Z', 5, '2026-03-13T12:00:00.000Z'],
    ['Sunday', '2026-03-08T12:00:00.000Z', 1, '2026-03-09T12:00:00.000Z'],
    ['a leap day', '2028-02-28T12:00:00.000Z', 2, '2028-03-01T12:00:00.000Z'],
    ['any day without any', '2026-03-07T12:00:00.000Z', 0, '2026-03-07T12:00:00.000Z'],
  ])('count from %s past the weekends', (_, from, days, due) => {
    expect(addWorkingDays(from, days)).toBe(due);
  });

  it('leave calendar days to count each day', () => {
    expect(addCalendarDays('2026-03-06T12:00:00.000Z', 3)).toBe('2026-03-09T12:00:00.000Z');
  });

  it('take an instant in any offset and give it in UTC', () => {
    expect(addWorkingDays('2026-03-02T00:30:00+02:00', 1)).toBe('2026-03-02T22:30:00.000Z');
  });
});
