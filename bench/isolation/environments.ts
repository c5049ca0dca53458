/**
 * Execution environments of a function: each runs one invocation at a time, the last used is used first, and a new one
 * begins with a cold start. None is taken away within a run.
 */
import { COLD_START_MS } from './assumptions';

export class Environments<Memory> {
  /** At work now, and the most that ever were. */
  atWork = 0;
  peak = 0;
  coldStarts = 0;
  private readonly idle: Memory[] = [];

  constructor(
    private readonly create: () => Memory,
    /** Environments that are warm when the run begins. */
    warm: number,
  ) {
    for (let index = 0; index < warm; index += 1) this.idle.push(create());
  }

  /** @returns what the environment remembers, and the milliseconds until it can begin */
  take(): { readonly memory: Memory; readonly startsInMs: number } {
    this.atWork += 1;
    this.peak = Math.max(this.peak, this.atWork);
    if (this.idle.length > 0) return { memory: this.idle.pop()!, startsInMs: 0 };
    this.coldStarts += 1;
    return { memory: this.create(), startsInMs: COLD_START_MS };
  }

  free(memory: Memory): void {
    this.atWork -= 1;
    this.idle.push(memory);
  }
}
