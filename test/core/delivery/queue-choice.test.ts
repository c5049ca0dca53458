import fc from 'fast-check';
import { queueFor } from '../../../lambda/core/delivery/queue-choice';

const NOW = 1_773_915_704_000;
const TIERS = 7;

test.each([
  ['due now', 2, 0, { queue: { kind: 'tier', tier: 0 }, delaySeconds: 0 }],
  ['in 10 s', 2, 10_000, { queue: { kind: 'tier', tier: 0 }, delaySeconds: 10 }],
  ['in 9.001 s: never early', 2, 9_001, { queue: { kind: 'tier', tier: 0 }, delaySeconds: 10 }],
  ['the third attempt in its own tier', 3, 60_000, { queue: { kind: 'tier', tier: 1 }, delaySeconds: 60 }],
  ['in 15 min: one delay', 4, 900_000, { queue: { kind: 'tier', tier: 2 }, delaySeconds: 900 }],
  [
    'in 15 min and a bit: one hop that ends two minutes before',
    5,
    900_001,
    { queue: { kind: 'wait' }, delaySeconds: 781 },
  ],
  ['in 2 h: a hop of 15 min', 6, 7_200_000, { queue: { kind: 'wait' }, delaySeconds: 900 }],
  ['overdue', 4, -5_000, { queue: { kind: 'tier', tier: 2 }, delaySeconds: 0 }],
  ['a deferred first attempt', 1, 30_000, { queue: { kind: 'tier', tier: 0 }, delaySeconds: 30 }],
  ['beyond the last tier', 20, 1_000, { queue: { kind: 'tier', tier: 6 }, delaySeconds: 1 }],
])('%s', (_what, attempt, remainingMs, route) => {
  expect(queueFor({ attempt, dueAt: NOW + remainingMs }, NOW, TIERS)).toEqual(route);
});

test('a profile without retries defers to the delivery queue', () => {
  expect(queueFor({ attempt: 1, dueAt: NOW + 5_000 }, NOW, 0)).toEqual({
    queue: { kind: 'delivery' },
    delaySeconds: 5,
  });
});

test('every wait ends at its due time, never early, by hops of at most 900 s; only the last is in the tier', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 26 * 3600 * 1000 }), fc.integer({ min: 2, max: 8 }), (waitMs, attempt) => {
      const dueAt = NOW + waitMs;
      let now = NOW;
      for (let hops = 0; ; hops += 1) {
        expect(hops).toBeLessThan(130);
        const { queue, delaySeconds } = queueFor({ attempt, dueAt }, now, TIERS);
        expect(delaySeconds).toBeGreaterThanOrEqual(0);
        expect(delaySeconds).toBeLessThanOrEqual(900);
        now += delaySeconds * 1000;
        if (queue.kind === 'tier') break;
      }
      expect(now).toBeGreaterThanOrEqual(dueAt);
      expect(now).toBeLessThan(dueAt + 1000);
    }),
  );
});
