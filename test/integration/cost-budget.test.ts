/**
 * What the hot path may ask of AWS: bench/cost-budget.json. A change that needs a call or a unit more has to change it
 * there, where it is seen. `UPDATE_COST_BUDGET=1` writes what is measured.
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

type Budget = Record<
  string,
  Record<
    string,
    Pick<FunctionBill, 'calls' | 'writeUnits' | 'sqsRequests' | 's3Puts' | 's3Gets' | 'events'> & {
      readonly readUnits?: number;
    }
  >
>;

/**
 * All but what depends on what of a batch ends in the same moment: for each group of successes a read of the
 * subscriptions and a write of the records, and a write more where a streak stands; for each group of messages that go
 * back to the queues a request.
 */
function budgetOf({
  calls,
  writeUnits,
  readUnits,
  sqsRequests,
  s3Puts,
  s3Gets,
  events,
}: FunctionBill): Budget[string][string] {
  const { 'DynamoDB BatchGetItem': grouped, 'DynamoDB BatchWriteItem': _writes, ...counted } = calls;
  if (grouped === undefined) return { calls: counted, writeUnits, readUnits, sqsRequests, s3Puts, s3Gets, events };
  const {
    'SQS SendMessageBatch': sends = 0,
    'DynamoDB TransactWriteItems': counting = 0,
    'DynamoDB UpdateItem': updates = 0,
    ...rest
  } = counted;
  // Without a failure to count nothing is forgiven, and every update is of a record.
  const exact: Record<string, number> = {};
  if (counting > 0) exact['DynamoDB TransactWriteItems'] = counting;
  else if (updates > 0) exact['DynamoDB UpdateItem'] = updates;
  return {
    calls: { ...rest, ...exact },
    writeUnits: counting === 0 ? writeUnits : writeUnits - updates,
    sqsRequests: sqsRequests - sends,
    s3Puts,
    s3Gets,
    events,
  };
}

let bills: Awaited<ReturnType<typeof meter<ScenarioName>>>;
beforeAll(async () => {
  const scenarios = Object.fromEntries(
    NAMES.map((name) => [name, { ...SCENARIOS[name], answersAfterMs: 0 }]),
  ) as Record<ScenarioName, (typeof SCENARIOS)[ScenarioName]>;
  bills = await meter(testStack('integration').awsEndpointUrl, scenarios);
  if (process.env.UPDATE_COST_BUDGET === undefined) return;
  const measured: Budget = Object.fromEntries(
    NAMES.map((name) => [
      name,
      Object.fromEntries(Object.entries(bills[name].bills).map(([part, bill]) => [part, budgetOf(bill)])),
    ]),
  );
  writeFileSync(FILE, `${JSON.stringify(measured, undefined, 2)}\n`);
}, 300_000);

test.each(NAMES)('%s: the calls and units of the budget, and no more', (name) => {
  const budget = (JSON.parse(readFileSync(FILE, 'utf8')) as Budget)[name]!;
  expect(Object.fromEntries(Object.entries(bills[name].bills).map(([part, bill]) => [part, budgetOf(bill)]))).toEqual(
    budget,
  );
});

test.each(NAMES)(
  '%s: what goes back to the queues takes a request each at most, and a failure two updates and a forgiveness ' +
    'for each group',
  (name) => {
    const {
      bills: { deliver },
      deliveries,
      attempts,
      failures,
    } = bills[name];
    const { 'SQS SendMessageBatch': sends = 0, 'DynamoDB UpdateItem': updates = 0 } = deliver.calls;
    const retried = attempts - deliveries;
    expect(sends).toBeLessThanOrEqual(retried);
    expect(sends).toBeGreaterThanOrEqual(Math.ceil(retried / 10));
    expect(updates).toBeLessThanOrEqual(2 * retried + failures * (2 + MOST_GROUPS_PER_BATCH));
  },
);

test.each(NAMES)(
  '%s: subscriptions are read once a batch and once a group of successes, records written once a group',
  (name) => {
    const { calls, invocations, readUnits } = bills[name].bills.deliver;
    const [reads = 0, writes = 0] = [calls['DynamoDB BatchGetItem'], calls['DynamoDB BatchWriteItem']];
    expect(reads).toBeGreaterThanOrEqual(invocations);
    expect(reads).toBeLessThanOrEqual(invocations * (1 + MOST_GROUPS_PER_BATCH));
    expect(writes).toBeLessThanOrEqual(invocations * MOST_GROUPS_PER_BATCH);
    // of a payload in its item, nine units at most by what is stored
    const others = (calls['DynamoDB GetItem'] ?? 0) * 16;
    // ten subscriptions at most, and their tenants' own rows
    expect(readUnits).toBeLessThanOrEqual(reads * 20 + others);
  },
);
