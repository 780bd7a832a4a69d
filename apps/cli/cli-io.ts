/** What a verb may touch of the process it runs in; tests hand in their own. */
export interface CliIo {
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  /** Where progress is drawn; absent where nobody watches, so that logs and pipes stay clean. */
  readonly terminal?: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

interface CliOutput {
  write(text: string): unknown;
}
