import { LedgerdeskError } from '@ledgerdesk/kernel';

/** A whole number from an option. Errors: `malformed.option`. */
export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new LedgerdeskError('malformed.option', `${option} is "${text}"; give a whole number`, {
    details: { option, text },
  });
}
