import { validateSync } from 'class-validator';
import { incidentProcess } from '../../index';

const report = {
  description: 'Stuck.',
  channel: 'phone',
  caller: 'nadia.k',
  service: 'mail',
};

/** The fields of the body that the command's rules find wrong. */
function wrongFields(name: string, body: object): readonly string[] {
  const definition = incidentProcess.commands[name];
  if (definition === undefined) throw new Error(`no command ${name}`);
  const command = Object.assign(new definition.type(), body);
  return validateSync(command, { whitelist: true, forbidNonWhitelisted: true })
    .map(({ property }) => property)
    .sort();
}

describe('the body of a registration', () => {
  it('needs who, what, a description and a channel', () => {
    expect(wrongFields('RegisterIncident', {})).toEqual([
      'caller',
      'channel',
      'description',
      'service',
    ]);
  });

  it.each([
    [{ caller: null, source: 'prometheus' }],
    [{ service: null, configurationItem: 'laptop-0815' }],
    [{ title: null, impact: null, urgency: null }],
    [{ impact: 1, urgency: 2, impactBeganAt: '2026-03-02T09:30:00+01:00' }],
    [{ assignmentGroup: 'messaging', startWork: true }],
  ])('is valid with %j', (fields) => {
    expect(wrongFields('RegisterIncident', { ...report, ...fields })).toEqual([]);
  });

  it.each([
    [{ impact: 1 }, ['urgency']],
    [{ urgency: 1 }, ['impact']],
    [{ impact: 0, urgency: 1.5 }, ['impact', 'urgency']],
    [{ assignee: 'li.w' }, ['assignmentGroup']],
    [{ startWork: true }, ['assignmentGroup']],
    [{ subcategory: 'client' }, ['category']],
    [{ resolutionCode: 'other' }, ['resolutionNotes']],
    [{ resolutionNotes: 'Done.' }, ['resolutionCode']],
    [
      {
        service: null,
        configurationItem: 'laptop',
        resolutionCode: 'other',
        resolutionNotes: 'Done.',
      },
      ['service'],
    ],
    [{ assignmentGroup: 'm', holdReason: 'awaiting-caller' }, ['holdComment']],
    [{ assignmentGroup: 'm', holdReason: 'awaiting-change' }, ['holdReference']],
    [
      { resolutionCode: 'other', resolutionNotes: 'Done.', holdComment: 'a', holdReference: 'b' },
      ['holdComment', 'holdReference'],
    ],
    [
      {
        assignmentGroup: 'm',
        holdReason: 'awaiting-vendor',
        holdReference: 'c',
        resolutionCode: 'other',
        resolutionNotes: 'Done.',
      },
      ['holdReason', 'holdReference'],
    ],
    [{ impactBeganAt: '2026-02-30T09:30:00Z' }, ['impactBeganAt']],
    [{ impactBeganAt: '2026-03-02T09:30:00' }, ['impactBeganAt']],
    [{ impactBeganAt: '2026-13-02T09:30:00Z' }, ['impactBeganAt']],
    [{ channel: 'pigeon' }, ['channel']],
    [{ colour: 'red' }, ['colour']],
  ])('names the field that is wrong in %j', (fields, wrong) => {
    expect(wrongFields('RegisterIncident', { ...report, ...fields })).toEqual(wrong);
  });

  it.each([
    ['a number', 7],
    ['blank', ' \t '],
    ['of two lines', 'a\nb'],
    ['too long', 'a'.repeat(201)],
    ['with a NUL', 'a\u0000b'],
    ['with an escape sequence', '\u001b[31mred'],
    ['with a lone surrogate', 'a\ud800'],
  ])('refuses a title that is %s', (_, title) => {
    expect(wrongFields('RegisterIncident', { ...report, title })).toEqual(['title']);
  });

  it('takes a description of several lines up to its limit', () => {
    const atLimit = `first\n\tsecond\r\n${'a'.repeat(32_000 - 15)}`;
    expect(wrongFields('RegisterIncident', { ...report, description: atLimit })).toEqual([]);
    expect(wrongFields('RegisterIncident', { ...report, description: `${atLimit}a` })).toEqual([
      'description',
    ]);
  });
});

describe('the body of other commands', () => {
  it.each([
    ['HoldIncident', { reason: 'awaiting-caller' }, ['comment']],
    ['HoldIncident', { reason: 'awaiting-problem' }, ['reference']],
    ['HoldIncident', { reason: 'awaiting-change' }, ['reference']],
    ['HoldIncident', { reason: 'awaiting-vendor' }, ['reference']],
    ['HoldIncident', { reason: 'lunch' }, ['reason']],
    ['CancelIncident', { reason: 'duplicate' }, ['duplicateOf']],
    ['OverrideIncidentPriority', { priority: 1 }, ['reason']],
    ['DisputeIncidentResolution', {}, ['comment']],
    ['ResolveIncident', { code: 'magic' }, ['code', 'notes']],
    ['ResolveIncident', { code: 'other', notes: 'n', excludedChildren: 'x' }, ['excludedChildren']],
    ['CorrectIncident', { field: 'category', value: 'x' }, ['reason']],
    ['AddIncidentNote', { text: 'x' }, ['visibility']],
    ['LogIncidentTime', { minutes: 0 }, ['minutes']],
    ['LogIncidentCost', { amountMinor: 0.5 }, ['amountMinor', 'currency', 'description', 'kind']],
    [
      'AttachToIncident',
      { digest: 'A'.repeat(64), name: '../x', mediaType: 'png', sizeBytes: -1 },
      ['digest', 'mediaType', 'name', 'sizeBytes'],
    ],
  ])('%s names the field that is wrong in %j', (name, body, wrong) => {
    expect(wrongFields(name, body)).toEqual(wrong);
  });

  it.each([
    ['HoldIncident', { reason: 'awaiting-vendor', reference: 'UC-7' }],
    ['CancelIncident', { reason: 'unnecessary' }],
    ['ReassignIncident', {}],
    ['CorrectIncident', { field: 'location', value: null, reason: 'r' }],
  ])('%s is valid with %j', (name, body) => {
    expect(wrongFields(name, body)).toEqual([]);
  });
});
