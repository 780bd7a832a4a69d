import type { NewEvent, Policy, RecordedEvent } from '@ledgerdesk/kernel';
import { recordEvent } from '@ledgerdesk/kernel/testing';
import { PolicyVersions, type PolicyMoment } from './policy-versions';

const builtIn: Policy<number> = { name: 'period', version: 1, value: 7 };
const noon = (day: number): string => `2026-03-0${day}T12:00:00.000Z`;

/** The event that stands at this position, recorded at noon of the day of that number. */
function fact(position: number, event: NewEvent, tenant = 'default'): RecordedEvent {
  const where = { stream: 'policy-a', revision: position - 1, actor: 'ada' };
  return { ...recordEvent(event, { ...where, occurredAt: noon(position) }), tenant };
}

function version(number: number, value: number, effectiveFrom = noon(1)): NewEvent {
  return {
    type: 'PolicyVersionPublished',
    data: { policy: 'period', version: number, value, effectiveFrom },
  };
}

const retired: NewEvent = { type: 'PolicyRetired', data: { policy: 'period', version: 2 } };

function inForce(events: readonly RecordedEvent[], moment: Partial<PolicyMoment> = {}): unknown {
  const versions = new PolicyVersions();
  for (const event of events) versions.note(event);
  const set = versions.over({ role: builtIn }, { tenant: 'default', time: noon(9), ...moment });
  return set['role'];
}

describe('the version in force', () => {
  it('is the built-in one where none is published', () => {
    expect(inForce([])).toBe(builtIn);
  });

  it('is the newest one, under the name of the policy and of its kind', () => {
    expect(inForce([fact(1, version(2, 14)), fact(2, version(3, 3))])).toMatchObject({
      name: 'period',
      version: 3,
      value: 3,
      kind: { name: 'period', title: 'Period' },
    });
  });

  it('does not depend on the order in which facts come in, nor on how often', () => {
    const [first, second] = [fact(1, version(2, 14)), fact(2, version(3, 3))];
    expect(inForce([second, first, second, first])).toMatchObject({ version: 3 });
  });

  it('is for an event the one that was published before it in the log', () => {
    const events = [fact(2, version(2, 14)), fact(4, version(3, 3))];
    expect(inForce(events, { position: 2n })).toBe(builtIn);
    expect(inForce(events, { position: 3n })).toMatchObject({ version: 2 });
    expect(inForce(events, { position: 5n })).toMatchObject({ version: 3 });
  });

  it('waits for its time, and gives way to a newer one that has come', () => {
    const later = fact(1, version(2, 14, noon(5)));
    expect(inForce([later], { time: '2026-03-05T11:59:59.999Z' })).toBe(builtIn);
    expect(inForce([later], { time: noon(5) })).toMatchObject({ version: 2 });
    expect(inForce([later, fact(2, version(3, 3))], { time: noon(6) })).toMatchObject({
      version: 3,
    });
  });

  it('is in force at once where the clock of the decision is behind the business time', () => {
    expect(inForce([fact(3, version(2, 14, noon(3)))], { time: noon(2) })).toMatchObject({
      version: 2,
    });
  });

  it('is the built-in one again once the policy is retired, until the next version', () => {
    const events = [fact(1, version(2, 14)), fact(2, retired)];
    expect(inForce(events)).toBe(builtIn);
    expect(inForce([...events, fact(3, version(3, 3))])).toMatchObject({ version: 3 });
  });

  it('is that of the tenant', () => {
    expect(inForce([fact(1, version(2, 14), 'other')])).toBe(builtIn);
  });

  it('leaves the very same set where nothing of it is published', () => {
    const versions = new PolicyVersions();
    versions.note(fact(1, version(2, 14)));
    const set = { other: { ...builtIn, name: 'other-period' } };
    expect(versions.over(set, { tenant: 'default', time: noon(9) })).toBe(set);
  });
});
