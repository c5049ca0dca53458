/** What a million deliveries cost: every AWS call of the bundled functions, counted on the embedded AWS, by the units that AWS bills. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from '../local/emulator';
import { freePort } from '../local/free-port';
import { localFolder } from '../local/paths';
import type { FunctionBill, Scenario, ScenarioBill } from './load-metered';
import { firstMessage, startProcess } from './measured-process';
import { PRICES } from './prices';
import { machine, rounded, type Section } from './section';

const MILLION = 1_000_000;
const MEMORY_GB = 0.5;
/** The stream's batches hold so many records of deliveries that came to their end. */
const STATISTICS_BATCH = 1_000;
const BASE: Scenario = { events: 200, payloadBytes: 1024, batch: 10, fanOut: 1, answersAfterMs: 0 };

export const SCENARIOS = {
  'full batches, 1 KiB, fan-out 1': { ...BASE, answersAfterMs: 200 },
  'batches of one': { ...BASE, events: 50, batch: 1, answersAfterMs: 200 },
  '64 KiB': { ...BASE, payloadBytes: 64 * 1024 },
  'fan-out 10': { ...BASE, events: 20, fanOut: 10 },
  '1 % retried': { ...BASE, retried: 0.01 },
  '20 % retried': { ...BASE, retried: 0.2 },
  'behind by more than 60 s': { ...BASE, backlog: true },
  '1 KiB that nothing compresses': { ...BASE, incompressible: true },
  '64 KiB that nothing compresses': { ...BASE, payloadBytes: 64 * 1024, incompressible: true },
} satisfies Record<string, Scenario>;
export type ScenarioName = keyof typeof SCENARIOS;

/** @param endpoint of the embedded AWS @returns what each scenario asked of AWS */
export async function meter<Name extends string>(endpoint: string, scenarios: Readonly<Record<Name, Scenario>>): Promise<Record<Name, ScenarioBill>> {
  const bills: Partial<Record<Name, ScenarioBill>> = {};
  for (const name of Object.keys(scenarios) as Name[]) {
    const child = startProcess('load-metered.ts', { BENCH_SETTINGS: JSON.stringify({ endpoint, scenario: scenarios[name] }) });
    bills[name] = (await firstMessage(child, 'load-metered.ts')) as ScenarioBill;
  }
  return bills as Record<Name, ScenarioBill>;
}

async function withEmulator<T>(work: (endpoint: string) => Promise<T>): Promise<T> {
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
export type Dollars = Readonly<Record<'sqs' | 'writes' | 'reads' | 'lambda' | 'objects' | 'total' | 'logs', number>>;

/** For a million deliveries. */
export function priced({ deliveries, bills }: ScenarioBill): Dollars {
  const share: Readonly<Record<keyof typeof bills, number>> = { producer: 1, dispatch: 1, deliver: 1, statistics: deliveries / STATISTICS_BATCH };
  const sum = (amount: (bill: FunctionBill) => number): number => {
    const names = Object.keys(bills) as (keyof typeof bills)[];
    return (names.reduce((total, name) => total + share[name] * amount(bills[name]), 0) * MILLION) / deliveries;
  };
  const parts = {
    sqs: sum(({ sqsRequests }) => sqsRequests) * PRICES.sqsRequest,
    writes: sum(({ writeUnits }) => writeUnits) * PRICES.dynamoWriteUnit,
    reads: sum(({ readUnits }) => readUnits) * PRICES.dynamoReadUnit,
    lambda: sum(({ invocations }) => invocations) * PRICES.lambdaRequest + sum(({ milliseconds }) => (milliseconds / 1000) * MEMORY_GB) * PRICES.lambdaGbSecond,
    objects: sum(({ s3Puts }) => s3Puts) * PRICES.s3Put + sum(({ s3Gets }) => s3Gets) * PRICES.s3Get,
  };
  return { ...parts, total: parts.sqs + parts.writes + parts.reads + parts.lambda + parts.objects, logs: (sum(({ logBytes }) => logBytes) / 1e9) * PRICES.logGb };
}

export async function cost(): Promise<Section> {
  const bills = await withEmulator((endpoint) => meter(endpoint, SCENARIOS));
  const results = Object.entries(bills).map(([scenario, bill]) => ({ scenario, bill, dollars: priced(bill) }));
  const cell = (value: number): string => value.toFixed(2);
  return {
    name: 'cost',
    title: 'Dollars for a million deliveries: requests, units and compute',
    table: [
      ['', 'SQS', 'writes', 'reads', 'Lambda', 'S3', 'sum', 'logs'],
      ...results.map(({ scenario, dollars: { sqs, writes, reads, lambda, objects, total, logs } }) => [scenario, ...[sqs, writes, reads, lambda, objects, total, logs].map(cell)]),
    ],
    json: { prices: PRICES, memoryGb: MEMORY_GB, scenarios: SCENARIOS, results: results.map(({ dollars, ...rest }) => ({ ...rest, dollars: Object.fromEntries(Object.entries(dollars).map(([name, value]) => [name, rounded(value, 4)])) })), ...machine() },
  };
}
