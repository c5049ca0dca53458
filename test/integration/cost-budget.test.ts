/**
 * What the hot path may ask of AWS: bench/cost-budget.json. A change that needs a call or a unit more has to change it there, where it is seen. `UPDATE_COST_BUDGET=1` writes what is measured.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { meter, SCENARIOS, type ScenarioName } from '../../bench/cost';
import type { FunctionBill } from '../../bench/load-metered';
import { testStack } from '../e2e/harness/test-stack';

jest.setTimeout(300_000);

const FILE = join(__dirname, '..', '..', 'bench', 'cost-budget.json');
/** How many groups the successes of a batch come to depends on the machine: their calls are bounded, not counted. */
const MOST_GROUPS_PER_BATCH = 3;
const NAMES = Object.keys(SCENARIOS) as ScenarioName[];

type Budget = Record<string, Record<string, Pick<FunctionBill, 'calls' | 'writeUnits' | 'sqsRequests' | 's3Puts' | 's3Gets' | 'events'>>>;

/** All but what depends on the grouping of successes: a read of the subscriptions and a write of the records for each. */
function budgetOf({ calls, writeUnits, sqsRequests, s3Puts, s3Gets, events }: FunctionBill): Budget[string][string] {
  const { 'DynamoDB BatchGetItem': _reads, 'DynamoDB BatchWriteItem': _writes, ...counted } = calls;
  return { calls: counted, writeUnits, sqsRequests, s3Puts, s3Gets, events };
}

let bills: Awaited<ReturnType<typeof meter<ScenarioName>>>;
beforeAll(async () => {
  const scenarios = Object.fromEntries(NAMES.map((name) => [name, { ...SCENARIOS[name], answersAfterMs: 0 }])) as Record<ScenarioName, (typeof SCENARIOS)[ScenarioName]>;
  bills = await meter(testStack('integration').awsEndpointUrl, scenarios);
  if (process.env.UPDATE_COST_BUDGET === undefined) return;
  const measured: Budget = Object.fromEntries(NAMES.map((name) => [name, Object.fromEntries(Object.entries(bills[name].bills).map(([part, bill]) => [part, budgetOf(bill)]))]));
  writeFileSync(FILE, `${JSON.stringify(measured, undefined, 2)}\n`);
}, 300_000);

test.each(NAMES)('%s: the calls and units of the budget, and no more', (name) => {
  const budget = (JSON.parse(readFileSync(FILE, 'utf8')) as Budget)[name]!;
  expect(Object.fromEntries(Object.entries(bills[name].bills).map(([part, bill]) => [part, budgetOf(bill)]))).toEqual(budget);
});

test.each(NAMES)('%s: subscriptions are read once a batch and once a group of successes, records written once a group', (name) => {
  const { calls, invocations, readUnits } = bills[name].bills.deliver;
  const [reads = 0, writes = 0] = [calls['DynamoDB BatchGetItem'], calls['DynamoDB BatchWriteItem']];
  expect(reads).toBeGreaterThanOrEqual(invocations);
  expect(reads).toBeLessThanOrEqual(invocations * (1 + MOST_GROUPS_PER_BATCH));
  expect(writes).toBeLessThanOrEqual(invocations * MOST_GROUPS_PER_BATCH);
  const others = (calls['DynamoDB GetItem'] ?? 0) * 16; // of a payload in its item, nine units at most by what is stored
  expect(readUnits).toBeLessThanOrEqual(reads * 11 + others); // ten subscriptions at most, and the tenant's own row
});
