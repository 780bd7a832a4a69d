import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCli } from '../run-cli';

/** A small incident log of our own making, of 17 incidents. */
export const SERVICENOW_SAMPLE = resolve(__dirname, '../../../test/fixtures/servicenow-sample.csv');

/** How a call of the command line ended. */
export interface CliAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in this process, on a data folder of its own. */
export class CommandLine {
  private constructor(readonly dir: string) {}

  static async open(): Promise<CommandLine> {
    return new CommandLine(await mkdtemp(join(tmpdir(), 'ledgerdesk-cli-')));
  }

  async run(...args: readonly string[]): Promise<CliAnswer> {
    const written = { stdout: '', stderr: '' };
    const exitCode = await runCli(args, {
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      env: { DATA_DIR: this.dir },
      signal: new AbortController().signal,
    });
    return { exitCode, ...written };
  }

  /** The JSON that a verb answers, on whichever output. */
  async json(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { stdout, stderr } = await this.run(...args, '--json');
    return JSON.parse(stdout || stderr) as Record<string, unknown>;
  }

  close(): Promise<void> {
    return rm(this.dir, { recursive: true });
  }
}
