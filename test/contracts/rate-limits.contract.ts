import { randomBytes } from 'node:crypto';
import { ManualClock } from '../fakes/time-and-random';
import type { RateLimits } from '../../lambda/core/shared/rate-limits';

/** What every limit does, the fake and the real one alike. */
export function rateLimitsContract(create: (clock: ManualClock) => RateLimits): void {
  const clock = new ManualClock(Math.floor(Date.now() / 60_000) * 60_000);
  let limits: RateLimits;
  beforeAll(() => {
    limits = create(clock);
  });
  const newName = () => `test#org_123/${randomBytes(6).toString('hex')}`;
  const takes = async (name: string, times: number, limit: number, windowSeconds = 60) =>
    (await Promise.all(Array.from({ length: times }, () => limits.take(name, limit, windowSeconds)))).filter(Boolean)
      .length;

  test('no more than the limit is taken in a window, however many try at the same time', async () => {
    expect(await takes(newName(), 8, 3)).toBe(3);
  });

  test('the next window has its own', async () => {
    const name = newName();
    expect(await takes(name, 4, 3)).toBe(3);
    clock.advance(59_999);
    expect(await takes(name, 1, 3)).toBe(0);
    clock.advance(1);
    expect(await takes(name, 4, 3)).toBe(3);
  });

  test('names are limited apart, and so are windows of another length', async () => {
    const name = newName();
    expect(await takes(name, 4, 2)).toBe(2);
    expect(await takes(newName(), 4, 2)).toBe(2);
    expect(await takes(name, 4, 2, 3600)).toBe(2);
  });

  test('a limit that is raised lets more through', async () => {
    const name = newName();
    expect(await takes(name, 4, 2)).toBe(2);
    expect(await takes(name, 4, 5)).toBe(3);
  });
}
