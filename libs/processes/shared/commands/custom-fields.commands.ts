import { Matches } from 'class-validator';
import { Optional, Prose, Scalar, textLimits } from '../fields';

const KEY = /^[a-z][a-zA-Z0-9]{0,59}$/;

const keyMessage = { message: '$property must be a key of the schema: letters and digits' };

export class SetCustomField {
  /** Key of the field in the schema of the process. */
  @Matches(KEY, keyMessage)
  field!: string;

  /** What the schema says: a text, a number, true or false. */
  @Scalar()
  value!: string | number | boolean;
}

export class ClearCustomField {
  /** Key of the field in the schema of the process. */
  @Matches(KEY, keyMessage)
  field!: string;

  @Optional()
  @Prose(textLimits.reason)
  reason?: string | null;
}
