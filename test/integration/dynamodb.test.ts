import { reason } from '../../lambda/core/shared/reason';
import {
  type BatchGetItemCommand,
  type BatchWriteItemCommand,
  type CancellationReason,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { DynamoFigures } from '../../lambda/adapters/dynamodb/counters';
import { DynamoDeliveryHistory } from '../../lambda/adapters/dynamodb/delivery-history';
import { DynamoDeliveryLog } from '../../lambda/adapters/dynamodb/delivery-log';
import { DynamoRateLimits } from '../../lambda/adapters/dynamodb/rate-limits';
import { DynamoRecoveryJobs } from '../../lambda/adapters/dynamodb/recovery-jobs';
import { DynamoSubscriptionState } from '../../lambda/adapters/dynamodb/subscription-state';
import { DynamoSubscriptionStore } from '../../lambda/adapters/dynamodb/subscription-store';
import { PortUnavailable } from '../../lambda/core/shared/errors';
import type { RecoveryJob } from '../../lambda/core/replay/recovery-job';
import { subscription, TENANT } from '../builders/subscription';
import { settled, untried } from '../contracts/delivery-records';
import { ManualClock } from '../fakes/time-and-random';
import { dynamoDbContracts } from './dynamodb-contracts';
import { aws } from './local-aws';

describe('on the embedded AWS', () => {
  dynamoDbContracts(aws.endpoint, 8);
});

describe('a table that leaves part of a call undone', () => {
  test('keys that a read leaves unprocessed are read again, and never taken for deleted', async () => {
    const asked: number[] = [];
    const stubborn = {
      send: (command: { input: { RequestItems: Record<string, { Keys: unknown[] }> } }) => {
        const request = Object.values(command.input.RequestItems)[0]!;
        asked.push(request.Keys.length);
        return Promise.resolve({ Responses: {}, UnprocessedKeys: command.input.RequestItems });
      },
    } as unknown as DynamoDBClient;
    const store = new DynamoSubscriptionStore(stubborn, 'any', new ManualClock());
    await expect(store.read([{ tenantId: TENANT, subscriptionId: 'a' as never }])).rejects.toThrow(/left unprocessed/);
    expect(asked).toEqual([1, 1, 1, 1]);
  });

  test('records that a read leaves unprocessed are read again, and never taken for absent', async () => {
    const record = settled(untried(), 'failed');
    const asked: number[] = [];
    const stubborn = {
      send: ({ input: { RequestItems: requests } }: BatchGetItemCommand) => {
        asked.push(requests!.any!.Keys!.length);
        return Promise.resolve({ Responses: {}, UnprocessedKeys: requests });
      },
    } as unknown as DynamoDBClient;
    await expect(new DynamoDeliveryHistory(stubborn, 'any', new ManualClock()).records([record])).rejects.toThrow(
      /left unprocessed/,
    );
    expect(asked).toEqual([1, 1, 1, 1]);
  });

  test('records that a batch leaves unprocessed are given back, these and no others', async () => {
    const lazy = {
      send: ({ input: { RequestItems: requests } }: BatchWriteItemCommand) =>
        Promise.resolve({ UnprocessedItems: { any: requests!.any!.slice(1, 3) } }),
    } as unknown as DynamoDBClient;
    const records = Array.from({ length: 4 }, () => settled(untried(), 'delivered'));
    expect(await new DynamoDeliveryLog(lazy, 'any').putDelivered(records)).toEqual(records.slice(1, 3));
  });
});

/**
 * No emulator has transactions meet: what AWS answers then is told by hand
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
 */
describe('a transaction that is cancelled', () => {
  const one = subscription();
  const key = { tenantId: one.tenantId, subscriptionId: one.id };
  const failures = [untried(), untried()].map((record) => ({ record: settled(record, 'failed'), attempt: 1 }));
  const none: CancellationReason = { Code: 'None' };
  const refused: CancellationReason = { Code: 'ConditionalCheckFailed' };

  test.each<[string, CancellationReason[] | undefined]>([
    ['met another on the subscription', [{ Code: 'TransactionConflict' }, none, none]],
    ['met another on a record, while the subscription is outdated', [refused, none, { Code: 'TransactionConflict' }]],
    ['was throttled', [none, { Code: 'ThrottlingError' }, none]],
    ['was refused for a record that it does not show', [none, refused, none]],
    ['says nothing of why', undefined],
  ])('because it %s can be made again: nothing is known of it', async (_why, reasons) => {
    const cancelling = {
      send: () =>
        Promise.reject(
          new TransactionCanceledException({
            $metadata: {},
            message: 'Transaction cancelled',
            ...(reasons !== undefined && { CancellationReasons: reasons }),
          }),
        ),
    } as unknown as DynamoDBClient;
    await expect(new DynamoSubscriptionState(cancelling, 'any', 'any').count(key, 1, failures)).rejects.toThrow(
      PortUnavailable,
    );
  });
});

describe('a table that does not answer', () => {
  const unreachable = new DynamoDBClient({ ...aws, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
  const log = new DynamoDeliveryLog(unreachable, 'any');
  const state = new DynamoSubscriptionState(unreachable, 'any', 'any');
  const one = subscription();
  const key = { tenantId: one.tenantId, subscriptionId: one.id };
  const circuit = { openedAt: 1, probeAt: 2 };
  const record = settled(untried(), 'failed');
  const clock = new ManualClock();
  const history = new DynamoDeliveryHistory(unreachable, 'any', clock);
  const jobs = new DynamoRecoveryJobs(unreachable, 'any');
  const figures = new DynamoFigures(unreachable, 'any', clock);
  const job: RecoveryJob = {
    ...key,
    id: 'job',
    since: 0,
    createdAt: 1,
    status: 'running',
    shard: 0,
    page: 0,
    examined: 0,
    resent: 0,
    skipped: 0,
    updatedAt: 1,
  };

  test.each<[string, () => Promise<unknown>]>([
    ['read', () => log.read(record)],
    ['take', () => log.claim(untried())],
    ['putDelivered', () => log.putDelivered([record])],
    ['settle', () => log.settle(record, 1)],
    ['clearOwed', () => log.clearUnsent(untried())],
    ['markNotified', () => log.markPublished(record)],
    ['markReplay', () => log.markReplay(record, record.deliveryId, 50)],
    ['count', () => state.count(key, 1, [{ record, attempt: 1 }])],
    ['resetStreak', () => state.resetStreak(key, 1)],
    ['disable', () => state.disable(one, reason('endpoint-gone'), 1)],
    ['markAnnounced', () => state.markDisablingPublished(one)],
    ['open', () => state.open(key, circuit)],
    ['claimProbe', () => state.claimProbe(key, circuit, 3)],
    ['close', () => state.close(key)],
    ['newest', () => history.newest({ ...key, shard: 0 }, 1)],
    ['newestFailures', () => history.newestFailures({ ...key, shard: 0 }, 1)],
    ['failuresBetween', () => history.failuresBetween({ ...key, shard: 0 }, { since: 0, until: 1 }, 1)],
    ['records', () => history.records([record])],
    ['read a recovery', () => jobs.read(key)],
    ['start a recovery', () => jobs.start(job, undefined)],
    ['advance a recovery', () => jobs.advance(job, job, 'w')],
    ['remove a recovery', () => jobs.remove(job)],
    [
      'add figures',
      () => figures.apply({ kind: 'hour', tenantId: TENANT, hour: 0, delivered: 1, failed: 0, cancelled: 0 }),
    ],
    ['note a time', () => figures.apply({ kind: 'triggered', tenantId: TENANT, target: one.id, at: 1 })],
    ['read hours', () => figures.hourly(TENANT, one.id, 0, 1)],
    ['read times', () => figures.lastTriggered(TENANT, one.id, one.id)],
    ['read origins', () => figures.origins(TENANT, 1)],
    ['take', () => new DynamoRateLimits(unreachable, 'any', clock).take('name', 1, 60)],
  ])('makes %s a call that can be made again', async (_name, call) => {
    await expect(call()).rejects.toThrow(PortUnavailable);
  });
});
