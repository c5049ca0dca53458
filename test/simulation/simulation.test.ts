import { campaign, report } from './campaign';
import { ALL_FAULTS, EXCUSING_FAULTS, type FaultMix, FREE_FAULTS } from './faults';
import { REGRESSIONS } from './regressions';
import { simulate } from './simulate';

const LONGEST_MS = 120_000;

/** Another part of the seeds each: 4,000 in all, and 100 for each fault alone. */
const CAMPAIGNS: readonly (readonly [string, FaultMix, number, number])[] = [
  ['without faults', 'none', 1, 400],
  ['under a mix of faults that excuse nothing', 'free', 10_001, 1_800],
  ['under a mix of all faults', 'all', 20_001, 1_800],
  ...[...FREE_FAULTS, ...EXCUSING_FAULTS].map(
    (fault, index) => [`under ${fault} alone`, [fault], 30_001 + 1_000 * index, 100] as const,
  ),
];

test.each(CAMPAIGNS)(
  'every delivery keeps the invariants %s',
  async (_what, mix, from, seeds) => {
    const { findings, attempts } = await campaign({ mix, from, seeds, mostFindings: 1 });
    const [first] = findings;
    if (first !== undefined) throw new Error(await report(first.seed, mix));
    expect(attempts).toBeGreaterThan(seeds);
  },
  LONGEST_MS,
);

test(
  'each fault strikes',
  async () => {
    const { struck } = await campaign({
      mix: ALL_FAULTS.filter((fault) => fault !== 'skew'),
      from: 60_001,
      seeds: 60,
      mostFindings: Infinity,
    });
    expect([...struck.keys()].sort()).toEqual(ALL_FAULTS.filter((fault) => fault !== 'skew').sort());
  },
  LONGEST_MS,
);

test('a seed is a run: the same trace, whatever ran before', async () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const first = await simulate(seed, 'all', true);
    await simulate(seed + 1, 'free');
    const second = await simulate(seed, 'all', true);
    expect(second.trace.hash()).toBe(first.trace.hash());
    expect(second.trace.lines.length).toBeGreaterThan(5);
  }
});

test('other seeds are other runs', async () => {
  const hashes = new Set<string>();
  for (let seed = 1; seed <= 20; seed += 1) hashes.add((await simulate(seed, 'none', true)).trace.hash());
  expect(hashes.size).toBe(20);
});

describe('what was found once', () => {
  test.each(REGRESSIONS.map(({ what, ...rest }) => [what, rest] as const))('%s', async (_what, { seed, mix }) => {
    const { violations } = await simulate(seed, mix);
    if (violations.length > 0) throw new Error(await report(seed, mix));
  });
});
