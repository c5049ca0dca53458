import { createHash } from 'node:crypto';
import type { RandomSource } from '../../lambda/core/shared/random';
import type { Clock } from '../../lambda/core/shared/clock';

/** Time that moves when it is told to; who sleeps moves it. */
export class ManualClock implements Clock {
  constructor(private time = Date.parse('2026-03-19T10:21:44Z')) {}

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number): Promise<void> {
    this.advance(milliseconds);
    return Promise.resolve();
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}

/** Bytes that look random and are the same in every run. */
export class SeededRandom implements RandomSource {
  private drawn = 0;

  constructor(private readonly seed = 'seed') {}

  bytes(count: number): Uint8Array {
    this.drawn += 1;
    const blocks = Array.from({ length: Math.ceil(count / 32) }, (_unused, block) =>
      createHash('sha256').update(`${this.seed}/${this.drawn}/${block}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, count);
  }
}
