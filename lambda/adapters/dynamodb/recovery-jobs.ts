/**
 * Recoveries, in the subscriptions table: one item a subscription, the current job or the last. It goes with its
 * subscription.
 *
 * Item: pk `T#tenant`, sk `J#subscription`, v, id, since and created (ms), status, reason, shard and after (how far it
 * is), page (pages done), examined, resent, skipped, estimate, updated (ms), wrote (names the last write of a page).
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DeliveryId, SubscriptionKey } from '../../core/shared/identifiers';
import type { RecoveryJob, RecoveryStatus } from '../../core/replay/recovery-job';
import { awsCall } from '../aws-errors';
import { integer, optionalInteger, optionalN, optionalS, optionalText, present, reading, text } from './attributes';
import { type Item, ITEM_VERSION, recoveryItemKey } from './keys';
import type { RecoveryJobs } from '../../core/replay/recovery-jobs';

export class DynamoRecoveryJobs implements RecoveryJobs {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async read(key: SubscriptionKey): Promise<RecoveryJob | undefined> {
    const { Item: item } = await awsCall('subscriptions table', () =>
      this.client.send(new GetItemCommand({ TableName: this.table, Key: keyOf(key), ConsistentRead: true })),
    );
    return item === undefined ? undefined : reading(item, () => jobOf(key, item));
  }

  async start(job: RecoveryJob, seen: RecoveryJob | undefined): Promise<boolean> {
    const stands =
      seen === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#id = :seen AND #page = :page',
            ExpressionAttributeNames: { '#id': 'id', '#page': 'page' },
            ExpressionAttributeValues: { ':seen': { S: seen.id }, ':page': { N: String(seen.page) } },
          };
    return this.written(
      () =>
        this.client.send(
          new PutItemCommand({
            TableName: this.table,
            Item: { ...keyOf(job), ...attributesOf(job) },
            ...stands,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      (item) => optionalText(item, 'id') === job.id,
    );
  }

  async advance(seen: RecoveryJob, to: RecoveryJob, by: string): Promise<boolean> {
    const attributes: Item = { ...attributesOf(to), wrote: { S: by } };
    const names = Object.keys(attributes);
    const gone = ['after', 'reason'].filter((name) => attributes[name] === undefined);
    const assigned = names.map((name) => `#${name} = :${name}`).join(', ');
    const removed = gone.map((name) => `#${name}`).join(', ');
    return this.written(
      () =>
        this.client.send(
          new UpdateItemCommand({
            TableName: this.table,
            Key: keyOf(seen),
            UpdateExpression: `SET ${assigned}${gone.length > 0 ? ` REMOVE ${removed}` : ''}`,
            ConditionExpression: '#id = :seen_id AND #page = :seen_page AND #status = :running',
            ExpressionAttributeNames: Object.fromEntries([...names, ...gone].map((name) => [`#${name}`, name])),
            ExpressionAttributeValues: {
              ...Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]!])),
              ':seen_id': { S: seen.id },
              ':seen_page': { N: String(seen.page) },
              ':running': { S: 'running' },
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      (item) => optionalText(item, 'wrote') === by,
    );
  }

  async remove(job: RecoveryJob): Promise<boolean> {
    return awsCall('subscriptions table', async () => {
      try {
        await this.client.send(
          new DeleteItemCommand({
            TableName: this.table,
            Key: keyOf(job),
            ConditionExpression: '#id = :id AND #page = :none',
            ExpressionAttributeNames: { '#id': 'id', '#page': 'page' },
            ExpressionAttributeValues: { ':id': { S: job.id }, ':none': { N: '0' } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return optionalText(error.Item ?? {}, 'id') !== job.id; // gone already, or another's place by now
      }
    });
  }

  /** @param isOurs whether what stands there is this very write, from a try whose answer was lost */
  private async written(write: () => Promise<unknown>, isOurs: (item: Item) => boolean): Promise<boolean> {
    return awsCall('subscriptions table', async () => {
      try {
        await write();
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item !== undefined && isOurs(error.Item);
      }
    });
  }
}

function keyOf({ tenantId, subscriptionId }: SubscriptionKey): Item {
  return recoveryItemKey(tenantId, subscriptionId);
}

function attributesOf(job: RecoveryJob): Item {
  return present({
    v: ITEM_VERSION,
    id: { S: job.id },
    since: { N: String(job.since) },
    created: { N: String(job.createdAt) },
    status: { S: job.status },
    reason: optionalS(job.reason),
    shard: { N: String(job.shard) },
    after: optionalS(job.after),
    page: { N: String(job.page) },
    examined: { N: String(job.examined) },
    resent: { N: String(job.resent) },
    skipped: { N: String(job.skipped) },
    estimate: optionalN(job.estimate),
    updated: { N: String(job.updatedAt) },
  });
}

function jobOf({ tenantId, subscriptionId }: SubscriptionKey, item: Item): RecoveryJob {
  const reason = optionalText(item, 'reason');
  const after = optionalText(item, 'after');
  const estimate = optionalInteger(item, 'estimate');
  return {
    ...{ tenantId, subscriptionId },
    id: text(item, 'id'),
    since: integer(item, 'since'),
    createdAt: integer(item, 'created'),
    status: text(item, 'status') as RecoveryStatus,
    ...(reason !== undefined && { reason }),
    shard: integer(item, 'shard'),
    ...(after !== undefined && { after: after as DeliveryId }),
    page: integer(item, 'page'),
    examined: integer(item, 'examined'),
    resent: integer(item, 'resent'),
    skipped: integer(item, 'skipped'),
    ...(estimate !== undefined && { estimate }),
    updatedAt: integer(item, 'updated'),
  };
}
