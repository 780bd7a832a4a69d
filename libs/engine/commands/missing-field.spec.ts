import { IsIn, IsString, MaxLength } from 'class-validator';
import { createCommandValidator } from './command-validation';

class Report {
  @IsString()
  @MaxLength(3)
  title!: string;

  @IsIn(['low', 'high'])
  urgency!: string;
}

describe('a field that there is not', () => {
  it('is answered with those that there are', () => {
    const report = Object.assign(new Report(), { title: 'a', urgency: 'low', colour: 'red' });
    expect(createCommandValidator(Report)(report)).toEqual([
      {
        field: 'colour',
        message: 'there is no field colour here; there is title, urgency',
        rule: 'whitelistValidation',
      },
    ]);
    class Bare {}
    expect(
      createCommandValidator(Bare)(Object.assign(new Bare(), { colour: 'red' })),
    ).toMatchObject([{ field: 'colour', message: 'there is no field colour here; there is none' }]);
  });
});

describe('a field that is missing or of another type', () => {
  const rulesOf = (given: object): readonly string[] =>
    createCommandValidator(Report)(Object.assign(new Report(), given)).map(
      ({ field, rule }) => `${field} ${rule}`,
    );

  it('is told once, and not as too long besides', () => {
    expect(rulesOf({ urgency: 'low' })).toEqual(['title isString']);
    expect(rulesOf({ title: 4, urgency: 'low' })).toEqual(['title isString']);
    expect(rulesOf({})).toEqual(['title isString', 'urgency isIn']);
  });

  it('is said to be missing where it is', () => {
    const errors = createCommandValidator(Report)(Object.assign(new Report(), { title: 4 }));
    expect(errors.map(({ message }) => message)).toEqual([
      'title must be a string',
      'urgency is missing: urgency must be one of the following values: low, high',
    ]);
  });

  it('leaves each other rule to a field of its type', () => {
    expect(rulesOf({ title: 'long', urgency: 'none' })).toEqual([
      'title maxLength',
      'urgency isIn',
    ]);
  });
});
