/**
 * What a million deliveries cost: every AWS call of the bundled functions, counted on the embedded AWS, by the units
 * that AWS bills.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from '../local/emulator';
import { freePort } from '../local/free-port';
import { localFolder } from '../local/paths';
import type { FunctionBill, Scenario, ScenarioBill } from './load-metered';
import { firstMessage, startProcess } from './measured-process';
import { INVOCATION_LOG_BYTES, PRICES } from './prices';
import { machine, rounded, type Section } from './section';

export const MILLION = 1_000_000;
const MEMORY_GB = 0.5;
/** The most that a batch of the log's stream holds (lib/webhook-api.ts). */
const STATISTICS_BATCH = 1_000;
export const BASE: Scenario = {
  events: 200,
  payloadBytes: 1024,
  batch: 10,
  statisticsBatch: STATISTICS_BATCH,
  fanOut: 1,
  answersAfterMs: 0,
};

/** `full batches` is the one that the goal of two dollars is for. */
export const SCENARIOS = {
  'full batches, 1 KiB, fan-out 1': { ...BASE, answersAfterMs: 200 },
  'each event of another tenant': { ...BASE, tenants: 200, statisticsBatch: 200, answersAfterMs: 200 },
  'batches of one': { ...BASE, events: 50, batch: 1, statisticsBatch: 1, answersAfterMs: 200 },
  'events that name their URL': { ...BASE, platform: 'rekognita', answersAfterMs: 200 },
  'events that name their URL, batches of one': {
    ...BASE,
    platform: 'rekognita',
    events: 50,
    batch: 1,
    statisticsBatch: 1,
    answersAfterMs: 200,
  },
  '64 KiB': { ...BASE, payloadBytes: 64 * 1024 },
  'fan-out 10': { ...BASE, events: 20, fanOut: 10 },
  '1 % retried': { ...BASE, retried: 0.01 },
  '20 % retried': { ...BASE, retried: 0.2 },
  '5 % failed': { ...BASE, failed: 0.05 },
  'behind by more than 60 s': { ...BASE, backlog: true },
  '1 KiB that nothing compresses': { ...BASE, incompressible: true },
  '64 KiB that nothing compresses': { ...BASE, payloadBytes: 64 * 1024, incompressible: true },
  '64 KiB that nothing compresses, batches of one, 20 % retried': {
    ...BASE,
    events: 50,
    batch: 1,
    statisticsBatch: 1,
    payloadBytes: 64 * 1024,
    incompressible: true,
    retried: 0.2,
    answersAfterMs: 200,
  },
} satisfies Record<string, Scenario>;
export type ScenarioName = keyof typeof SCENARIOS;

/**
 * @param endpoint of the embedded AWS
 * @returns what each scenario asked of AWS
 */
export async function meter<Name extends string>(
  endpoint: string,
  scenarios: Readonly<Record<Name, Scenario>>,
): Promise<Record<Name, ScenarioBill>> {
  const bills: Partial<Record<Name, ScenarioBill>> = {};
  for (const name of Object.keys(scenarios) as Name[]) {
    const child = startProcess('load-metered.ts', {
      BENCH_SETTINGS: JSON.stringify({ endpoint, scenario: scenarios[name] }),
    });
    bills[name] = (await firstMessage(child, 'load-metered.ts')) as ScenarioBill;
  }
  return bills as Record<Name, ScenarioBill>;
}

export async function withEmulator<T>(work: (endpoint: string) => Promise<T>): Promise<T> {
  const folder = join(localFolder, `bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const emulator = await startEmulator({ port: await freePort(), folder });
  try {
    return await work(emulator.awsEndpointUrl);
  } finally {
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of requests, units and compute, their sum, and beside it the logs. */
export type Dollars = Readonly<
  Record<'sqs' | 'writes' | 'reads' | 'lambda' | 'objects' | 'events' | 'total' | 'logs', number>
>;

/** Of all functions and pollers, for a delivery. */
export function perDelivery(
  { deliveries, statisticsRecords, bills }: Pick<ScenarioBill, 'deliveries' | 'statisticsRecords' | 'bills'>,
  amount: (bill: FunctionBill) => number,
): number {
  const { statistics, ...others } = bills;
  return (
    Object.values(others).reduce((total, bill) => total + amount(bill), 0) / deliveries +
    amount(statistics) / statisticsRecords
  );
}

/** For a million deliveries. */
export function priced(measured: ScenarioBill): Dollars {
  const sum = (amount: (bill: FunctionBill) => number): number => MILLION * perDelivery(measured, amount);
  const parts = {
    sqs: sum(({ sqsRequests }) => sqsRequests) * PRICES.sqsRequest,
    writes: sum(({ writeUnits }) => writeUnits) * PRICES.dynamoWriteUnit,
    reads: sum(({ readUnits }) => readUnits) * PRICES.dynamoReadUnit,
    lambda:
      sum(({ invocations }) => invocations) * PRICES.lambdaRequest +
      sum(({ milliseconds }) => (milliseconds / 1000) * MEMORY_GB) * PRICES.lambdaGbSecond,
    objects: sum(({ s3Puts }) => s3Puts) * PRICES.s3Put + sum(({ s3Gets }) => s3Gets) * PRICES.s3Get,
    events: sum(({ events }) => events) * PRICES.eventBridgeEvent,
  };
  return {
    ...parts,
    total: parts.sqs + parts.writes + parts.reads + parts.lambda + parts.objects + parts.events,
    logs: (sum(({ logBytes, invocations }) => logBytes + invocations * INVOCATION_LOG_BYTES) / 1e9) * PRICES.logGb,
  };
}

const done = new Map<ScenarioName, ScenarioBill>();

/** Each is measured once in a run of the bench, whichever section asks first. */
export async function measuredScenarios(
  names: readonly ScenarioName[],
): Promise<ReadonlyMap<ScenarioName, ScenarioBill>> {
  const missing = names.filter((name) => !done.has(name));
  if (missing.length > 0) {
    const scenarios = Object.fromEntries(missing.map((name) => [name, SCENARIOS[name]])) as Record<
      ScenarioName,
      Scenario
    >;
    for (const [name, bill] of Object.entries(await withEmulator((endpoint) => meter(endpoint, scenarios))))
      done.set(name as ScenarioName, bill);
  }
  return new Map(names.map((name) => [name, done.get(name)!]));
}

export async function cost(): Promise<Section> {
  const bills = await measuredScenarios(Object.keys(SCENARIOS) as ScenarioName[]);
  const results = [...bills].map(([scenario, bill]) => ({ scenario, bill, dollars: priced(bill) }));
  const cell = (value: number): string => value.toFixed(2);
  return {
    name: 'cost',
    title: 'Dollars for a million deliveries: requests, units and compute',
    table: [
      ['', 'SQS', 'writes', 'reads', 'Lambda', 'S3', 'events', 'sum', 'logs'],
      ...results.map(({ scenario, dollars: { sqs, writes, reads, lambda, objects, events, total, logs } }) => [
        scenario,
        ...[sqs, writes, reads, lambda, objects, events, total, logs].map(cell),
      ]),
    ],
    json: {
      prices: PRICES,
      memoryGb: MEMORY_GB,
      scenarios: SCENARIOS,
      results: results.map(({ dollars, ...rest }) => ({
        ...rest,
        dollars: Object.fromEntries(Object.entries(dollars).map(([name, value]) => [name, rounded(value, 4)])),
      })),
      ...machine(),
    },
  };
}
