import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { NumberAllocator } from './number-allocator';

/** The allocators of an engine by process. */
export type NumberAllocators = ReadonlyMap<string, NumberAllocator>;

/** The one number that a command may take, however often it is decided. */
export class NumberLease {
  private number: string | undefined;
  private isUsed = false;

  constructor(
    private readonly allocators: NumberAllocators,
    private readonly process: string,
  ) {}

  /** As {@link take}; undefined where that has to wait. */
  takeAtHand(): string | undefined {
    this.number ??= this.allocator().takeAtHand();
    return this.number;
  }

  async take(): Promise<string> {
    this.number ??= await this.allocator().take();
    return this.number;
  }

  /** An event names the number, or may name it. */
  markUsed(): void {
    this.isUsed = true;
  }

  /** Gives the number back if no event can name it. */
  end(): void {
    if (this.number !== undefined && !this.isUsed) this.allocator().giveBack(this.number);
  }

  private allocator(): NumberAllocator {
    const allocator = this.allocators.get(this.process);
    if (allocator !== undefined) return allocator;
    throw new LedgerdeskError('defect.no-numbers', `${this.process} has no number allocator`, {
      details: { process: this.process },
    });
  }
}
