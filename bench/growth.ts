/**
 * What a delivery asks of AWS as what is stored grows: subscriptions, tenants, deliveries. The bundled functions on the
 * embedded AWS through the metering proxy, with the tables filled before.
 */
import { once } from 'node:events';
import { BASE, MILLION, perDelivery, priced, withEmulator } from './cost';
import type { PageCost } from './growth-rows';
import type { FunctionBill, Scenario, ScenarioBill } from './load-metered';
import { startProcess } from './measured-process';
import { PRICES } from './prices';
import { machine, rounded, type Section } from './section';

/** `BENCH_GROWTH=full` takes the sizes that do not fit a run of the whole bench: half an hour on two cores. */
const FULL = process.env.BENCH_GROWTH === 'full';
const EVENTS = 100;
/**
 * The longest that one size takes: a million deliveries are put in three minutes, and read by an emulator that sorts
 * each partition for each page.
 */
const LONGEST_MS = 1_800_000;

interface Point {
  readonly what: string;
  readonly size: number;
  readonly scenario: Scenario;
}

const POINT: Scenario = { ...BASE, events: EVENTS };
const POINTS: readonly Point[] = [
  ...[1, 10, 100, 1_000].map((size) => ({
    what: 'subscriptions of the tenant, one matches',
    size,
    scenario: size === 1 ? POINT : { ...POINT, existing: { subscriptions: size - 1 } },
  })),
  ...[1, 10, 100, 1_000].map((size) => ({
    what: 'subscriptions of the tenant, all match',
    size,
    scenario: { ...POINT, fanOut: size, events: Math.max(POINT.batch, EVENTS / size) },
  })),
  ...[1, 1_000, FULL ? 100_000 : 10_000].map((size) => ({
    what: 'tenants',
    size,
    scenario: size === 1 ? POINT : { ...POINT, existing: { tenants: size - 1 } },
  })),
  ...[0, 10_000, FULL ? MILLION : 100_000].map((size) => ({
    what: 'stored deliveries to the endpoint',
    size,
    scenario: { ...POINT, existing: { deliveries: size } },
  })),
];

interface Measured extends Omit<Point, 'scenario'> {
  readonly perDelivery: { readonly calls: number; readonly writeUnits: number; readonly readUnits: number };
  /** For a million deliveries, without Lambda's time, which is this machine's. */
  readonly dollars: number;
  readonly pages?: readonly PageCost[];
}

async function measure(endpoint: string, scenario: Scenario): Promise<ScenarioBill> {
  const child = startProcess('load-metered.ts', { BENCH_SETTINGS: JSON.stringify({ endpoint, scenario }) });
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`load-metered.ts ended with ${String(code)} before it had a result`);
    });
    return ((await Promise.race([once(child, 'message'), ended])) as [ScenarioBill])[0];
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Calls of AWS, of which the pollers' are two a batch. Without those for a key ring, of which an environment makes one.
 */
function callsOf({ calls, invocations }: FunctionBill, polled: boolean): number {
  return (
    Object.entries(calls).reduce((sum, [name, number]) => sum + (name.startsWith('secretsmanager') ? 0 : number), 0) +
    (polled ? 2 * invocations : 0)
  );
}

function figuresOf({ what, size }: Point, bill: ScenarioBill): Measured {
  const { lambda, total } = priced(bill);
  const requests = MILLION * perDelivery(bill, ({ invocations }) => invocations) * PRICES.lambdaRequest;
  return {
    ...{ what, size },
    perDelivery: {
      calls: rounded(
        perDelivery(bill, (each) => callsOf(each, each === bill.bills.dispatch || each === bill.bills.deliver)),
        3,
      ),
      writeUnits: rounded(
        perDelivery(bill, ({ writeUnits }) => writeUnits),
        3,
      ),
      readUnits: rounded(
        perDelivery(bill, ({ readUnits }) => readUnits),
        3,
      ),
    },
    dollars: rounded(total - lambda + requests, 2),
    ...(bill.pages !== undefined && { pages: bill.pages }),
  };
}

export async function growth(): Promise<Section[]> {
  const measured: Measured[] = [];
  await withEmulator(async (endpoint) => {
    const done = new Map<string, ScenarioBill>(); // what several begin with
    for (const point of POINTS) {
      const name = JSON.stringify(point.scenario);
      const bill = done.get(name) ?? (await measure(endpoint, point.scenario));
      done.set(name, bill);
      measured.push(figuresOf(point, bill));
    }
  });
  const pages = measured.flatMap(({ size, pages: costs = [] }) => costs.map((cost) => ({ size, ...cost })));
  const number = (value: number): string => value.toLocaleString('en');
  return [
    {
      name: 'growth',
      title: 'A delivery as what is stored grows (1 KiB, full batches)',
      table: [
        ['', 'size', 'calls', 'write units', 'read units', 'dollars a million'],
        ...measured.map(({ what, size, perDelivery: { calls, writeUnits, readUnits }, dollars }) => [
          what,
          number(size),
          calls.toFixed(2),
          writeUnits.toFixed(3),
          readUnits.toFixed(3),
          dollars.toFixed(2),
        ]),
      ],
      json: { full: FULL, events: EVENTS, measured, ...machine() },
    },
    {
      name: 'growth-pages',
      title: 'A page of the delivery log as the log grows',
      table: [
        ['', 'stored deliveries', 'calls', 'read units', 'shown'],
        ...pages.map(({ size, page, calls, readUnits, shown }) => [
          page,
          number(size),
          String(calls),
          readUnits.toFixed(1),
          String(shown),
        ]),
      ],
      json: { full: FULL, pages, ...machine() },
    },
  ];
}
