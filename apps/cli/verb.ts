import type { CliIo } from './cli-io';
import { locationOf, type StoreLocation } from './location';
import { toJson } from './output';

/** What each verb is given: where to work, how to answer. */
export interface VerbContext {
  readonly io: CliIo;
  readonly location: StoreLocation;
  readonly isJson: boolean;
}

/** Options that every verb takes. */
export interface SharedOptions {
  readonly data?: string;
  readonly json?: boolean;
}

export function contextOf(options: SharedOptions, io: CliIo): VerbContext {
  return { io, location: locationOf(options.data, io), isJson: options.json === true };
}

/** Prints the answer: the object for programs, the text for people. */
export function answer({ io, isJson }: VerbContext, value: unknown, text: () => string): void {
  io.stdout.write(isJson ? `${toJson(value)}\n` : text());
}
