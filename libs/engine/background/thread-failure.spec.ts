import { LedgerdeskError } from '@ledgerdesk/kernel';
import { fromFailure, toFailure } from './thread-failure';

describe('a failure on its way between threads', () => {
  const across = (error: unknown): Error => fromFailure(structuredClone(toFailure(error)));

  it('keeps its code, its words and its details', () => {
    const details = { state: 'closed', revision: 7n };
    const error = across(new LedgerdeskError('refused.state', 'it is closed', { details }));
    expect(error).toMatchObject({ code: 'refused.state', message: 'it is closed', details });
  });

  it('arrives without details where these cannot be sent', () => {
    const details = { open: () => 'a function' };
    const error = across(new LedgerdeskError('refused.state', 'it is closed', { details }));
    expect(error).toMatchObject({ code: 'refused.state', details: {} });
  });

  it('has no code where nobody gave it one, so that it may be tried again', () => {
    expect(across(new TypeError('no such field'))).toEqual(new Error('no such field'));
  });
});
