import { Type } from 'class-transformer';
import { IsString, ValidateNested } from 'class-validator';

/** A command with objects of another class in it. */
export class Contact {
  @IsString()
  name!: string;
}

export class CallBack {
  @IsString()
  reason!: string;

  @ValidateNested()
  @Type(() => Contact)
  contact!: Contact;

  @ValidateNested({ each: true })
  @Type(() => Contact)
  others!: readonly Contact[];
}

export class Recursive {
  @ValidateNested()
  @Type(() => Recursive)
  inner!: Recursive;
}
