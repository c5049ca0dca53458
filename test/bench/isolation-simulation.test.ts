import type { DeployedSender } from '../../bench/isolation/deployed-queues';
import type { RunResult } from '../../bench/isolation/measurements';
import { FIVE_HANG, HEALTHY, NOISY_HANGS, OUTAGE, type Scenario } from '../../bench/isolation/scenario';
import { simulate } from '../../bench/isolation/simulate';
import { leapOcrSettings } from '../builders/profile';

const queue = { batchSize: 10, windowSeconds: 0, visibilitySeconds: 180, functionTimeoutSeconds: 30 };
const DEPLOYED: DeployedSender = {
  queues: [
    { ...queue, name: 'EventQueue' },
    { ...queue, name: 'DeliveryQueue' },
    ...Array.from({ length: 7 }, (_unused, tier) => ({
      ...queue,
      name: `RetryTier${tier + 1}`,
      maximumConcurrency: 10,
    })),
    { ...queue, name: 'WaitQueue', batchSize: 100, windowSeconds: 5, maximumConcurrency: 5 },
  ],
  profile: leapOcrSettings(),
};
/** Small: 20 endpoints at 20 events a second. */
const SMALL: Partial<Scenario> = { endpoints: 20, eventsPerSecond: 20, onsetMs: 5_000, endMs: 30_000 };

const play = (scenario: Scenario, changes: Partial<Scenario> = {}): Promise<RunResult> =>
  simulate({ ...scenario, ...SMALL, ...changes }, DEPLOYED);
const figures = ({ cpuSeconds: _cpu, ...result }: RunResult): object => result;

describe('the simulation of isolation', () => {
  test('a seed gives the same figures, another one others', async () => {
    const [once, again, other] = [await play(FIVE_HANG), await play(FIVE_HANG), await play(FIVE_HANG, { seed: 2 })];
    expect(figures(once)).toEqual(figures(again));
    expect(other.healthy.onset).not.toEqual(once.healthy.onset);
  });

  test('healthy endpoints are answered in what an endpoint takes and the calls on the way', async () => {
    const { healthy, unfinished, deliveries } = await play(HEALTHY);
    expect(unfinished).toBe(0);
    expect(deliveries).toBeGreaterThan(500);
    expect(healthy.onset.p50).toBeGreaterThan(200 + 30);
    expect(healthy.onset.p50).toBeLessThan(200 + 100);
  });

  test('those that hang are retried, and hold functions', async () => {
    const [healthy, hanging] = [await play(HEALTHY), await play(FIVE_HANG)];
    expect(hanging.attemptsOnHanging).toBeGreaterThan(50);
    expect(hanging.peakConcurrency).toBeGreaterThan(2 * healthy.peakConcurrency);
  });

  test('a circuit that never opens defers nothing', async () => {
    const [on, off] = [await play(NOISY_HANGS), await play(NOISY_HANGS, { circuit: 'off' })];
    expect(on.deferrals).toBeGreaterThan(0);
    expect(on.circuitsOpened).not.toContain(null);
    expect(off).toMatchObject({ deferrals: 0, circuitsOpened: [null] });
    expect(off.attemptsOnHanging).toBeGreaterThan(on.attemptsOnHanging);
  });

  test('environments that share what they see open it sooner', async () => {
    const [alone, shared] = [await play(FIVE_HANG, { circuit: 'per-environment' }), await play(FIVE_HANG)];
    const last = ({ circuitsOpened }: RunResult): number => Math.max(...circuitsOpened.map((each) => each ?? Infinity));
    expect(last(shared)).toBeLessThan(last(alone));
    expect(shared.attemptsOnHanging).toBeLessThan(alone.attemptsOnHanging);
  });

  test('after an outage all that waited is delivered, and a rate limit holds', async () => {
    const outage = { firstShare: 0.5, returnMs: 125_000, endMs: 200_000 };
    const [free, limited] = [await play(OUTAGE, outage), await play(OUTAGE, { ...outage, rateLimit: 15 })];
    for (const { recovery } of [free, limited]) {
      expect(recovery!.waiting).toBeGreaterThan(1_000);
      expect(recovery!.all).not.toBeNull();
      expect(recovery!.closed).not.toBeNull();
    }
    expect(free.recovery!.peakArrivals).toBeGreaterThan(20);
    expect(limited.recovery!.peakArrivals).toBeLessThanOrEqual((15 * (10 + 2)) / 10);
    expect(limited.recovery!.all!).toBeGreaterThan(free.recovery!.all!);
  });
});
