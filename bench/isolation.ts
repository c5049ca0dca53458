/**
 * Healthy endpoints beside those that hang, and an outage with its recovery: the real core in virtual time
 * (isolation/), and beside it one run on the embedded AWS. What the simulation takes for granted is in
 * isolation/assumptions.ts.
 */
import { deployedSender } from './isolation/deployed-queues';
import { CIRCUIT_VARIANTS } from './isolation/circuit-variants';
import type { Latencies, RunResult } from './isolation/measurements';
import { type Job, playAll } from './isolation/processes';
import { at, FIVE_HANG, HEALTHY, NOISY_HANGS, OUTAGE, type Scenario } from './isolation/scenario';
import { emulatorIsolation, SIMULATED, SIMULATED_HANGING } from './isolation-emulator';
import { machine, rounded, type Section } from './section';

const RATES = [50, 500, 5_000] as const;
/** At which each of the means is switched off, and others are tried. */
const TOGGLED_RATE = 500;
/** Of the endpoint that gets 60 % of the traffic, at that rate: a sixth of what it gets. */
const NOISY_LIMIT = 50;
/** Of the endpoint that was out: four times its usual rate. */
const OUTAGE_LIMIT = 20;
/** What waited then takes so much longer. */
const LIMITED_MS = 1_200_000;

const AS_EMULATOR = 'as on the emulator, all healthy';
const AS_EMULATOR_HANGING = 'as on the emulator, 5 of 100 hang';

interface Row {
  readonly name: string;
  readonly scenario: Scenario;
  /** The row that it is compared with. */
  readonly base?: string;
}

/** What the emulator's run is compared with. */
const SIMULATED_AS_EMULATOR: readonly Row[] = [
  { name: AS_EMULATOR, scenario: SIMULATED },
  { name: AS_EMULATOR_HANGING, scenario: SIMULATED_HANGING },
];

const healthy = (rate: number): string => `${rate}/s, all healthy`;

function rows(): Row[] {
  const rated = RATES.flatMap((rate): Row[] => [
    { name: healthy(rate), scenario: at(rate, HEALTHY) },
    { name: `${rate}/s, 5 of 100 hang`, scenario: at(rate, FIVE_HANG), base: healthy(rate) },
    { name: `${rate}/s, one with 60 % hangs`, scenario: at(rate, NOISY_HANGS), base: healthy(rate) },
  ]);
  const base = healthy(TOGGLED_RATE);
  const off: Readonly<Record<string, Partial<Scenario>>> = {
    'without fair queues': { fairQueues: false },
    'without bounds of the tiers': { tierConcurrency: false },
    'without the circuit': { circuit: 'off' },
    'without any of them': { fairQueues: false, tierConcurrency: false, circuit: 'off' },
  };
  const toggled = Object.entries(off).flatMap(([what, change]): Row[] => [
    { name: `5 of 100 hang, ${what}`, scenario: { ...at(TOGGLED_RATE, FIVE_HANG), ...change }, base },
    { name: `one with 60 % hangs, ${what}`, scenario: { ...at(TOGGLED_RATE, NOISY_HANGS), ...change }, base },
  ]);
  return [
    ...rated,
    ...toggled,
    {
      name: `one with 60 % hangs, limited to ${NOISY_LIMIT}/s`,
      scenario: { ...at(TOGGLED_RATE, NOISY_HANGS), rateLimit: NOISY_LIMIT },
      base,
    },
    {
      name: `one with 60 % hangs, limited, without the circuit`,
      scenario: { ...at(TOGGLED_RATE, NOISY_HANGS), rateLimit: NOISY_LIMIT, circuit: 'off' },
      base,
    },
    { name: 'outage of two hours', scenario: OUTAGE },
    {
      name: `outage of two hours, limited to ${OUTAGE_LIMIT}/s`,
      scenario: { ...OUTAGE, rateLimit: OUTAGE_LIMIT, endMs: OUTAGE.endMs + LIMITED_MS },
    },
  ];
}

/**
 * Changes that are tried here and nowhere else; played when the environment says BENCH_ISOLATION=variants, in some
 * minutes more.
 */
function variants(): Row[] {
  const circuits = CIRCUIT_VARIANTS.filter((circuit) => circuit !== 'off' && circuit !== 'as-it-is');
  const tried = (rate: number, name: string, change: Partial<Scenario>): Row => ({
    name: `${rate}/s, 5 of 100 hang, ${name}`,
    scenario: { ...at(rate, FIVE_HANG), ...change },
    base: healthy(rate),
  });
  const pollers = { scaling: { atRest: 300 } };
  return [
    ...[TOGGLED_RATE, 5_000].flatMap((rate) =>
      circuits.map((circuit) => tried(rate, `circuit ${circuit}`, { circuit })),
    ),
    tried(TOGGLED_RATE, '300 functions kept ready', pollers),
    tried(5_000, 'without the circuit', { circuit: 'off' }),
    tried(5_000, '2,800 functions kept ready', { scaling: { atRest: 2_800, most: 5_000 } }),
    ...(['as-it-is', 'silent-3s'] as const).map((circuit): Row => ({
      name: `${TOGGLED_RATE}/s, 5 of 100 answer after 4 s, circuit ${circuit}`,
      scenario: { ...at(TOGGLED_RATE, FIVE_HANG), hangingMs: 4_000, circuit },
      base: healthy(TOGGLED_RATE),
    })),
    { name: 'outage of one with 60 %', scenario: { ...OUTAGE, firstShare: 0.6 } },
  ];
}

export async function isolation(): Promise<readonly Section[]> {
  const all = [...rows(), ...(process.env.BENCH_ISOLATION === 'variants' ? variants() : []), ...SIMULATED_AS_EMULATOR];
  const results = await playAll(
    all.map(({ name, scenario }): Job => ({ name, scenario })),
    deployedSender(),
  );
  const emulator = await emulatorIsolation();
  const of = (name: string): RunResult => results.get(name)!;
  const outages = all.filter(({ scenario }) => scenario.returnMs !== undefined);
  const rates = all.filter((row) => !outages.includes(row) && !SIMULATED_AS_EMULATOR.includes(row));
  const json = (of: readonly Row[]): object => ({
    runs: of.map(({ name, scenario, base }) => ({ name, scenario, base, result: results.get(name)! })),
  });
  return [
    {
      name: 'isolation',
      title:
        'Isolation: healthy endpoints, milliseconds from SendMessage to the answer, simulated; ratios of p99 ' +
        'to all healthy',
      table: [
        ['', 'p50, first minute', 'p99', 'ratio', 'p50, then', 'p99', 'ratio', 'functions', 'circuits open after s'],
        ...rates.map(({ name, base }) => rateRow(name, of(name), base === undefined ? undefined : of(base))),
      ],
      json: { ...json(rates), ...machine() },
    },
    {
      name: 'isolation-outage',
      title: 'Outage of two hours at 50/s, simulated: one endpoint of a hundred is out and comes back (ms)',
      table: [
        [
          '',
          'waited',
          'usual /s',
          'peak /s',
          'half after s',
          '99 %',
          'all',
          'healthy p99, first minute',
          'then',
          'after its return',
        ],
        ...outages.map(({ name }) => outageRow(name, of(name))),
      ],
      json: { ...json(outages), ...machine() },
    },
    {
      name: 'isolation-check',
      title:
        `The simulation checked by the embedded AWS: ${emulator.ratePerSecond}/s, ${emulator.events} events, ` +
        'five functions at a time (ms)',
      table: [
        ['', 'all healthy: p50', 'p99', '5 of 100 hang: p50', 'p99', 'p99 of single runs'],
        ['on the embedded AWS', ...pair(emulator.healthy.alone), ...pair(emulator.healthy.besideHanging), ''],
        [
          'simulated with its rules',
          ...pair(of(AS_EMULATOR).healthy.onset),
          ...pair(of(AS_EMULATOR_HANGING).healthy.onset),
          spread(of(AS_EMULATOR_HANGING).onsetP99s),
        ],
      ],
      json: { emulator, ...json(SIMULATED_AS_EMULATOR), ...machine() },
    },
  ];
}

function pair({ p50, p99 }: Latencies): string[] {
  return [p50.toFixed(0), p99.toFixed(0)];
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values)} to ${Math.max(...values)}`;
}

function rateRow(name: string, result: RunResult, base: RunResult | undefined): string[] {
  const { onset, steady } = result.healthy;
  const ratio = (of: Latencies, to: Latencies | undefined): string =>
    to === undefined ? '' : (of.p99 / to.p99).toFixed(2);
  const then = steady.count === 0 ? ['', '', ''] : [...pair(steady), ratio(steady, base?.healthy.onset)];
  return [
    name,
    ...pair(onset),
    ratio(onset, base?.healthy.onset),
    ...then,
    String(result.peakConcurrency),
    openedAfter(result),
  ];
}

function outageRow(name: string, { recovery, healthy: { onset, steady, back } }: RunResult): string[] {
  const { waiting, usual, peakArrivals, half, nearlyAll, all } = recovery!;
  const seconds = (milliseconds: number | null): string =>
    milliseconds === null ? 'never' : (milliseconds / 1000).toFixed(0);
  return [
    name,
    String(waiting),
    String(usual),
    peakArrivals.toFixed(1),
    seconds(half),
    seconds(nearlyAll),
    seconds(all),
    String(onset.p99),
    String(steady.p99),
    String(back.p99),
  ];
}

/** Seconds until the first, the middle and the last circuit opened. */
function openedAfter({ circuitsOpened }: RunResult): string {
  const seconds = circuitsOpened
    .map((each) => (each === null ? Infinity : rounded(each / 1000, 0)))
    .sort((a, b) => a - b);
  if (seconds.length === 0) return '';
  const text = (value: number): string => (value === Infinity ? 'never' : String(value));
  return [...new Set([seconds[0]!, seconds[Math.floor(seconds.length / 2)]!, seconds.at(-1)!].map(text))].join(', ');
}
