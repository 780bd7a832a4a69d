import {
  Allow,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { createCommandAcceptance } from './command-acceptance';
import { createCommandValidator } from './command-validation';

// Goal: the short way to a yes says yes to nothing that class-validator refuses. Method: one class
// with each kind of rule that commands use, against any value in any field.

class Inner {
  @IsInt()
  n!: number;
}

const isEven = (): PropertyDecorator =>
  ValidateBy({
    name: 'isEven',
    validator: { validate: (value) => typeof value === 'number' && value % 2 === 0 },
  });

const isEventually = (): PropertyDecorator =>
  ValidateBy({ name: 'isEventually', validator: { validate: () => Promise.resolve(true) } });

class Everything {
  @IsString()
  @MaxLength(3)
  title!: string;

  @IsOptional()
  @IsInt()
  count?: number;

  @ValidateIf(({ count }: Everything) => count === 1)
  @IsString({ each: true })
  names?: string[];

  @IsOptional()
  @isEven()
  even?: number;

  @IsOptional()
  @ValidateNested()
  inner?: Inner;

  @Allow()
  anything?: unknown;
}

class Slow {
  @isEventually()
  field!: string;
}

const RULES = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };
const values = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  'abc',
  'abcd',
  0,
  1,
  2,
  1.5,
  true,
  ['a', 'b'],
  ['a', 1],
  [],
  new Set(['a']),
  new Set([1]),
  Object.assign(new Inner(), { n: 1 }),
  Object.assign(new Inner(), { n: 'x' }),
  {},
);
const fields = fc.record(
  {
    title: fc.oneof(fc.constant('abc'), values),
    count: fc.oneof(fc.constant(1), values),
    names: fc.oneof(fc.constant(['a']), values),
    even: fc.oneof(fc.constant(2), values),
    inner: fc.oneof(fc.constant(undefined), values),
    anything: values,
  },
  { requiredKeys: [] },
);

describe('the acceptance of a command', () => {
  it('never takes what class-validator refuses', () => {
    const accepts = createCommandAcceptance(Everything);
    let taken = 0;
    fc.assert(
      fc.property(fields, (given) => {
        const command = Object.assign(new Everything(), given);
        if (!accepts(command)) return;
        taken += 1;
        expect(validateSync(command, RULES)).toEqual([]);
      }),
      { numRuns: 3_000, seed: 7 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('leaves to class-validator only what is wrong, nested or asynchronous', () => {
    const accepts = createCommandAcceptance(Everything);
    const of = (given: object): boolean => accepts(Object.assign(new Everything(), given));

    expect(of({ title: 'abc', count: 1, names: ['a'], even: 2, anything: {} })).toBe(true);
    expect(of({ title: 'abcd' })).toBe(false);
    expect(of({ title: 'abc', unknown: 1 })).toBe(false);
    expect(of({ title: 'abc', inner: Object.assign(new Inner(), { n: 1 }) })).toBe(false);
    expect(createCommandAcceptance(Slow)(Object.assign(new Slow(), { field: 'x' }))).toBe(false);
  });

  it('is for objects of the class alone', () => {
    class Wider extends Everything {}

    expect(createCommandAcceptance(Everything)(Object.assign(new Wider(), { title: 'a' }))).toBe(
      false,
    );
  });
});

describe('the validator of a command', () => {
  it('names each fault with its rule', () => {
    const validate = createCommandValidator(Everything);

    expect(validate(Object.assign(new Everything(), { title: 'abcd', unknown: 1 }))).toEqual([
      { field: 'unknown', message: expect.any(String), rule: 'whitelistValidation' },
      { field: 'title', message: expect.any(String), rule: 'maxLength' },
    ]);
    expect(validate(Object.assign(new Everything(), { title: 'abc' }))).toEqual([]);
  });
});
