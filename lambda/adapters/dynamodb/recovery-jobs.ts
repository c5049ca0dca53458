/**
 * Recoveries, in the subscriptions table: one item a subscription, the current job or the last. It is deleted with its
 * subscription. `recovery-job.ts` of the core declares what a job holds.
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { RECOVERY_NAMES as NAMES, type RecoveryJob, recoveryJobFields } from '../../core/replay/recovery-job';
import type { RecoveryJobs } from '../../core/replay/recovery-jobs';
import { encode } from '../../core/shared/format';
import type { SubscriptionKey } from '../../core/shared/identifiers';
import { awsCall } from '../aws-errors';
import { itemOf, numeric, optionalText, readItem, updateExpression } from './attributes';
import { type Item, recoveryItemKey } from './keys';

/** Names the last write of a page, so that a write whose answer was lost is known again. */
const WRITER = 'wrote';

export class DynamoRecoveryJobs implements RecoveryJobs {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async read(key: SubscriptionKey): Promise<RecoveryJob | undefined> {
    const { Item: item } = await awsCall('subscriptions table', () =>
      this.client.send(new GetItemCommand({ TableName: this.table, Key: keyOf(key), ConsistentRead: true })),
    );
    return item === undefined ? undefined : jobOf(key, item);
  }

  async start(job: RecoveryJob, seen: RecoveryJob | undefined): Promise<boolean> {
    const stands =
      seen === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#id = :seen AND #page = :page',
            ExpressionAttributeNames: { '#id': NAMES.id, '#page': NAMES.page },
            ExpressionAttributeValues: { ':seen': { S: seen.id }, ':page': numeric(seen.page) },
          };
    const put = new PutItemCommand({
      TableName: this.table,
      Item: itemOf(keyOf(job), recoveryJobFields, job),
      ...stands,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.written(
      () => this.client.send(put),
      (item) => optionalText(item, NAMES.id) === job.id,
    );
  }

  async advance(seen: RecoveryJob, to: RecoveryJob, by: string): Promise<boolean> {
    const attributes = { ...encode(recoveryJobFields, to), [WRITER]: { S: by } };
    const gone = [NAMES.after, NAMES.reason].filter((name) => !(name in attributes));
    const expression = updateExpression({ set: attributes, remove: gone });
    const update = new UpdateItemCommand({
      TableName: this.table,
      Key: keyOf(seen),
      ...expression,
      ConditionExpression: `#${NAMES.id} = :seen_id AND #${NAMES.page} = :seen_page AND #${NAMES.status} = :running`,
      ExpressionAttributeValues: {
        ...expression.ExpressionAttributeValues,
        ':seen_id': { S: seen.id },
        ':seen_page': numeric(seen.page),
        ':running': { S: 'running' },
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.written(
      () => this.client.send(update),
      (item) => optionalText(item, WRITER) === by,
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
            ExpressionAttributeNames: { '#id': NAMES.id, '#page': NAMES.page },
            ExpressionAttributeValues: { ':id': { S: job.id }, ':none': numeric(0) },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return optionalText(error.Item ?? {}, NAMES.id) !== job.id; // gone already, or another's place by now
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

function jobOf({ tenantId, subscriptionId }: SubscriptionKey, item: Item): RecoveryJob {
  return { tenantId, subscriptionId, ...readItem(item, recoveryJobFields) };
}
