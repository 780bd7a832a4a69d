import { Matches } from 'class-validator';
import { EntryNumber, Line, Prose, textLimits, Whole } from '../fields';

const SIZE_BYTES_MAX = 2 ** 40;

export class Attach {
  /** SHA-256 of the content, as the blob store gave it for the upload. */
  @Matches(/^[0-9a-f]{64}$/, {
    message: '$property must be a SHA-256 digest of 64 lower-case hexadecimal digits',
  })
  digest!: string;

  /** A file name without a path. */
  @Line()
  @Matches(/^[^/\\]+$/, { message: '$property must be a file name without a path' })
  name!: string;

  @Matches(/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/, {
    message: '$property must be a media type such as image/png',
  })
  mediaType!: string;

  @Whole(0, SIZE_BYTES_MAX)
  sizeBytes!: number;
}

export class Detach {
  @EntryNumber()
  attachment!: number;

  @Prose(textLimits.reason)
  reason!: string;
}
