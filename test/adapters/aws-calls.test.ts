/** What the adapters ask of AWS that no emulator would miss: strong reads, and how often the SDK repeats a call. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsCall } from '../../lambda/adapters/aws-errors';
import { dynamoDbClient } from '../../lambda/adapters/dynamodb/client';
import { DynamoDeliveryHistory } from '../../lambda/adapters/dynamodb/delivery-history';
import { DynamoDeliveryLog } from '../../lambda/adapters/dynamodb/delivery-log';
import { DynamoEventStore } from '../../lambda/adapters/dynamodb/event-store';
import { DynamoRecoveryJobs } from '../../lambda/adapters/dynamodb/recovery-jobs';
import { DynamoSubscriptionStore } from '../../lambda/adapters/dynamodb/subscription-store';
import { secretsManagerClient } from '../../lambda/adapters/secrets-manager/client';
import { sqsClient, sqsSendOnceClient } from '../../lambda/adapters/sqs/client';
import { PortUnavailable, UnreadableItem } from '../../lambda/core/shared/errors';
import type { DeliveryId, EventId, SubscriptionId } from '../../lambda/core/shared/identifiers';
import { TENANT } from '../builders/subscription';
import { ManualClock } from '../fakes/time-and-random';

process.env.AWS_REGION = 'us-east-1';

const SUBSCRIPTION_ATTRIBUTES = {
  url: { S: 'https://a.example.com/' },
  events: { L: [{ S: 'job.completed' }] },
  enabled: { BOOL: true },
  epoch: { N: '1' },
  count: { N: '0' },
  forgiven: { N: '0' },
  secret: { S: 'sealed' },
  created: { N: '1' },
  updated: { N: '1' },
};

/** Records the commands that it is given, and answers that there is nothing. */
function recorder(): { client: DynamoDBClient; inputs: Record<string, unknown>[] } {
  const client = dynamoDbClient();
  const inputs: Record<string, unknown>[] = [];
  client.middlewareStack.add(
    () => (args) => {
      inputs.push(args.input as Record<string, unknown>);
      return Promise.resolve({ response: {}, output: { $metadata: {}, Items: [], Responses: {} } as never });
    },
    { step: 'initialize' },
  );
  return { client, inputs };
}

describe('every read that a decision rests on is strong', () => {
  const clock = new ManualClock();

  test('of a record', async () => {
    const { client, inputs } = recorder();
    await new DynamoDeliveryLog(client, 'deliveries').read({
      tenantId: TENANT,
      subscriptionId: 's' as SubscriptionId,
      deliveryId: '0' as DeliveryId,
    });
    expect(inputs).toMatchObject([{ ConsistentRead: true }]);
  });

  test('of records, many at once, as a recovery decides by them', async () => {
    const { client, inputs } = recorder();
    await new DynamoDeliveryHistory(client, 'deliveries', clock).records([
      { tenantId: TENANT, subscriptionId: 's' as SubscriptionId, deliveryId: '0' as DeliveryId },
    ]);
    expect(inputs).toMatchObject([{ RequestItems: { deliveries: { ConsistentRead: true } } }]);
  });

  test('of a recovery', async () => {
    const { client, inputs } = recorder();
    await new DynamoRecoveryJobs(client, 'subscriptions').read({
      tenantId: TENANT,
      subscriptionId: 's' as SubscriptionId,
    });
    expect(inputs).toMatchObject([{ ConsistentRead: true }]);
  });

  test('of a payload', async () => {
    const { client, inputs } = recorder();
    await new DynamoEventStore(
      client,
      'events',
      { put: () => Promise.resolve(), get: () => Promise.resolve('') },
      clock,
    ).payload(TENANT, 'e' as EventId);
    expect(inputs).toMatchObject([{ ConsistentRead: true }]);
  });

  test('of routes, and of the partition of their type alone', async () => {
    const { client, inputs } = recorder();
    await new DynamoSubscriptionStore(client, 'subscriptions', clock).matching(TENANT, 'job.completed');
    expect(inputs).toMatchObject([
      { ConsistentRead: true, ExpressionAttributeValues: { ':partition': { S: `R#${TENANT}#job.completed` } } },
    ]);
    expect(inputs[0]).not.toHaveProperty('IndexName');
  });

  test('of subscriptions and accounts, all in one call', async () => {
    const { client, inputs } = recorder();
    const keys = ['a', 'b'].map((id) => ({ tenantId: TENANT, subscriptionId: id as SubscriptionId }));
    await new DynamoSubscriptionStore(client, 'subscriptions', clock).read(keys, [TENANT]);
    expect(inputs).toHaveLength(1);
    expect(inputs).toMatchObject([{ RequestItems: { subscriptions: { ConsistentRead: true } } }]);
  });
});

describe('the SDK', () => {
  test('does not repeat a send between our functions', async () => {
    expect(await sqsSendOnceClient().config.maxAttempts()).toBe(1);
  });

  test('repeats other calls', async () => {
    for (const client of [sqsClient(), dynamoDbClient(), secretsManagerClient()])
      expect(await client.config.maxAttempts()).toBeGreaterThan(1);
  });
});

describe('an item of a format to come', () => {
  const { client } = recorder();
  const [read, broken] = ['1', '2'].map((version) => ({
    pk: { S: `T#${TENANT}` },
    sk: { S: `S#s${version}` },
    v: { N: version },
    ...SUBSCRIPTION_ATTRIBUTES,
  }));
  client.send = () => Promise.resolve({ $metadata: {}, Responses: { subscriptions: [read, broken] } });

  test('is an error of its own and holds up no other of the batch', async () => {
    const keys = ['s1', 's2', 's3'].map((id) => ({ tenantId: TENANT, subscriptionId: id as SubscriptionId }));
    const { subscriptions } = await new DynamoSubscriptionStore(client, 'subscriptions', new ManualClock()).read(keys);
    expect(subscriptions[0]).toMatchObject({ id: 's1', enabled: true });
    expect(subscriptions[1]).toBeInstanceOf(UnreadableItem);
    expect((subscriptions[1] as Error).message).toMatch(/format version 2/);
    expect(subscriptions[2]).toBeUndefined();
  });

  test('is not taken for a call that can be made again', async () => {
    await expect(awsCall('table', () => Promise.reject(new UnreadableItem('x')))).rejects.toThrow(UnreadableItem);
  });
});

describe('a call that AWS', () => {
  const failing = (error: unknown) => awsCall('table', () => Promise.reject(error as Error));
  const named = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more });

  test.each([
    ['throttles', named('ThrottlingException', { $fault: 'client' })],
    ['throttles by table', named('ProvisionedThroughputExceededException', { $fault: 'client' })],
    ['throttles by account', named('RequestLimitExceeded', { $fault: 'client' })],
    ['meets another transaction in', named('TransactionConflictException', { $fault: 'client' })],
    ['fails at', named('InternalServerError', { $fault: 'server' })],
    ['does not answer', named('TimeoutError')],
    ['cannot be reached for', named('ECONNREFUSED')],
  ])('%s can be made again', async (_what, error) => {
    await expect(failing(error)).rejects.toThrow(PortUnavailable);
  });

  test.each([
    ['refuses for lack of a permission', named('AccessDeniedException', { $fault: 'client' })],
    ['finds no table for', named('ResourceNotFoundException', { $fault: 'client' })],
    ['finds wrong', named('ValidationException', { $fault: 'client' })],
  ])('%s is an error of its own', async (_what, error) => {
    await expect(failing(error)).rejects.toBe(error);
  });
});
