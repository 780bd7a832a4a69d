import { LedgerdeskError } from '@ledgerdesk/kernel';

/** A whole number from an option. Errors: `malformed.option`. */
export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new LedgerdeskError('malformed.option', `${option} is "${text}"; give a whole number`, {
    details: { option, text },
  });
}

/** A whole number from 1 to `max` from an option. Errors: `malformed.option`. */
export function wholeNumberWithin(option: string, text: string, max: number): number {
  const number = wholeNumber(option, text);
  if (number >= 1 && number <= max) return number;
  throw new LedgerdeskError(
    'malformed.option',
    `${option} is ${text}; give a whole number from 1 to ${max}`,
    { details: { option, text, max } },
  );
}
