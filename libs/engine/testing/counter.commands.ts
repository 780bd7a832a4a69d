import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

export class OpenCounter {
  @IsString()
  @MaxLength(50)
  title!: string;

  /** Added at once: the command then leads to two events. */
  @IsOptional()
  @IsInt()
  startAt?: number;

  /** What the outside world calls the thing that is counted: one counter for each. */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  key?: string;
}

export class Add {
  @IsInt()
  @Min(-1000)
  @Max(1000)
  by!: number;
}

export class Entry {
  @IsInt()
  amount!: number;
}

/** One event for each entry. */
export class AddAll {
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  entries!: Entry[];
}

export class CloseCounter {}

/** Accepted, and leads to nothing. */
export class Touch {}

/** Begins a counter of its own that starts where this one stands. */
export class ForkCounter {}

/** Counts the follower on the other counter first, then names the other one here. */
export class Follow {
  @IsString()
  counter!: string;
}

/** Sent by {@link Follow} alone. */
export class CountFollower {
  @IsString()
  follower!: string;
}

/** Refused unless the blob is stored. */
export class AttachReceipt {
  @IsString()
  digest!: string;
}
