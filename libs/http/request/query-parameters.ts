import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyRequest } from 'fastify';

const DIGITS = /^(?:0|[1-9]\d{0,18})$/;
const POSITION_MAX = 2n ** 63n - 1n;

/** Reads the query of a URL. Every fault is `invalid.query`, which names the parameter. */
export class QueryParameters {
  private readonly values: Readonly<Record<string, string | readonly string[] | undefined>>;

  constructor(request: FastifyRequest) {
    this.values = request.query as Record<string, string | readonly string[] | undefined>;
  }

  get names(): readonly string[] {
    return Object.keys(this.values);
  }

  /** @throws LedgerdeskError `invalid.query` for a parameter that only other routes know. */
  allowOnly(...allowed: readonly string[]): this {
    const unknown = this.names.find((name) => !allowed.includes(name));
    if (unknown !== undefined) {
      throw invalidQuery(
        unknown,
        `there is no parameter ${unknown} here; give ${allowed.join(', ') || 'none'}`,
      );
    }
    return this;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined || typeof value === 'string') return value;
    throw invalidQuery(name, `${name} stands there ${value.length} times; give it once`);
  }

  /** All values of a parameter that may be repeated. */
  texts(name: string): readonly string[] {
    const value = this.values[name];
    if (value === undefined) return [];
    return typeof value === 'string' ? [value] : value;
  }

  /** A whole number from `min` to `max`. */
  integer(name: string, min: number, max: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw invalidQuery(
      name,
      `${name} is ${value.slice(0, 40)}; give a whole number from ${min} to ${max}`,
    );
  }

  position(name: string): bigint | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const position = DIGITS.test(value) ? BigInt(value) : -1n;
    if (position >= 0n && position <= POSITION_MAX) return position;
    throw invalidQuery(name, `${name} is ${value.slice(0, 40)}; give a whole number, 0 or more`);
  }

  boolean(name: string): boolean {
    const value = this.text(name);
    if (value === undefined || value === 'false') return false;
    if (value === 'true' || value === '') return true;
    throw invalidQuery(name, `${name} is ${value.slice(0, 40)}; give true or false`);
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.text(name);
    const word = words.find((candidate) => candidate === value);
    if (value === undefined || word !== undefined) return word;
    throw invalidQuery(name, `${name} is ${value.slice(0, 40)}; give ${words.join(' or ')}`);
  }
}

/** `invalid.query` */
export function invalidQuery(parameter: string, message: string): LedgerdeskError {
  return new LedgerdeskError('invalid.query', message, {
    details: { errors: [{ field: parameter, message }] },
  });
}
