import type { Clock } from '../../lambda/core/shared/clock';
import type { RateLimits } from '../../lambda/core/shared/rate-limits';

/** Counts in fixed windows, as the table does. */
export class InMemoryRateLimits implements RateLimits {
  private readonly taken = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  take(name: string, limit: number, windowSeconds: number): Promise<boolean> {
    const window = `${name} ${Math.floor(this.clock.now() / (windowSeconds * 1000))}`;
    const taken = this.taken.get(window) ?? 0;
    if (taken >= limit) return Promise.resolve(false);
    this.taken.set(window, taken + 1);
    return Promise.resolve(true);
  }
}
