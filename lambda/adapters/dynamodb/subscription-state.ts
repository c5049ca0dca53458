/** What deliver changes of a subscription, attribute by attribute: counting and disabling (rule 6), the circuit, and the marks of its rate limit. */
import { ConditionalCheckFailedException, type DynamoDBClient, type TransactWriteItem, TransactionCanceledException, TransactWriteItemsCommand, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Circuit } from '../../core/circuit';
import type { DeliveryRecord } from '../../core/delivery';
import { PortUnavailable } from '../../core/errors';
import type { CircuitStore, Counted, DeliveryRates, FailureCounter, RateAdvance, RateAdvanced, SubscriptionKey } from '../../core/ports';
import type { Subscription } from '../../core/subscription';
import { awsCall } from '../aws-errors';
import { settleInput, storedRecord } from './delivery-log';
import { ITEM_VERSION, subscriptionItemKey } from './keys';
import { RATE_MARKS, rateLimitOf } from './subscription-store';

export class DynamoSubscriptionState implements FailureCounter, CircuitStore, DeliveryRates {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly deliveriesTable: string,
  ) {}

  async count(key: SubscriptionKey, epoch: number, failures: readonly { readonly record: DeliveryRecord; readonly attempt: number }[]): Promise<Counted> {
    const counting: TransactWriteItem = {
      Update: {
        ...this.target(key),
        UpdateExpression: 'SET #count = #count + :more',
        ConditionExpression: 'epoch = :epoch AND enabled = :true',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':more': { N: String(failures.length) }, ':epoch': { N: String(epoch) }, ':true': { BOOL: true } },
      },
    };
    return awsCall('deliveries table', async () => {
      try {
        await this.client.send(
          new TransactWriteItemsCommand({ TransactItems: [counting, ...failures.map(({ record, attempt }) => ({ Update: settleInput(this.deliveriesTable, record, attempt) }))] }),
        );
        return { counted: true };
      } catch (error) {
        if (error instanceof TransactionCanceledException) return cancelled(error, failures);
        throw error;
      }
    });
  }

  async forgive(key: SubscriptionKey, epoch: number): Promise<void> {
    await this.change({
      ...this.target(key),
      UpdateExpression: 'SET forgiven = #count',
      ConditionExpression: 'epoch = :epoch',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':epoch': { N: String(epoch) } },
    });
  }

  async disable({ tenantId, id, epoch, count, forgiven }: Subscription, reason: string, at: number, whatever: boolean): Promise<boolean> {
    return this.change({
      ...this.target({ tenantId, subscriptionId: id }),
      UpdateExpression: 'SET enabled = :false, disabled_reason = :reason, disabled_at = :at, updated = :at REMOVE announced',
      ConditionExpression: `epoch = :epoch AND enabled = :true${whatever ? '' : ' AND #count = :count AND forgiven = :forgiven'}`,
      ...(!whatever && { ExpressionAttributeNames: { '#count': 'count' } }),
      ExpressionAttributeValues: {
        ':false': { BOOL: false },
        ':true': { BOOL: true },
        ':reason': { S: reason },
        ':at': { N: String(at) },
        ':epoch': { N: String(epoch) },
        ...(!whatever && { ':count': { N: String(count) }, ':forgiven': { N: String(forgiven) } }),
      },
    });
  }

  async markAnnounced({ tenantId, id, epoch }: Subscription): Promise<void> {
    await this.change({
      ...this.target({ tenantId, subscriptionId: id }),
      UpdateExpression: 'SET announced = :true',
      ConditionExpression: 'epoch = :epoch AND enabled = :false',
      ExpressionAttributeValues: { ':true': { BOOL: true }, ':false': { BOOL: false }, ':epoch': { N: String(epoch) } },
    });
  }

  /** Also makes the row of a URL's origin; never a deleted subscription's. */
  async open(key: SubscriptionKey, { openedAt, probeAt }: Circuit): Promise<void> {
    await this.change({
      ...this.target(key),
      UpdateExpression: 'SET circuit_opened = :opened, circuit_probe = :probe, v = :version',
      ConditionExpression: `attribute_not_exists(circuit_opened)${key.subscriptionId.startsWith('url:') ? '' : ' AND attribute_exists(pk)'}`,
      ExpressionAttributeValues: { ':opened': { N: String(openedAt) }, ':probe': { N: String(probeAt) }, ':version': ITEM_VERSION },
    });
  }

  async claimProbe(key: SubscriptionKey, { probeAt }: Circuit, nextProbeAt: number): Promise<boolean> {
    return this.change({
      ...this.target(key),
      UpdateExpression: 'SET circuit_probe = :next',
      ConditionExpression: 'circuit_probe = :seen',
      ExpressionAttributeValues: { ':seen': { N: String(probeAt) }, ':next': { N: String(nextProbeAt) } },
    });
  }

  async close(key: SubscriptionKey): Promise<void> {
    await this.change({ ...this.target(key), UpdateExpression: 'REMOVE circuit_opened, circuit_probe', ConditionExpression: 'attribute_exists(circuit_opened)' });
  }

  /** By the mark as it was last seen, one of two writes: a mark that is behind begins at `notBefore`, one that is ahead moves on from where it stands by then. */
  async advance(key: SubscriptionKey, { mark, seen, notBefore, by, notAfter }: RateAdvance): Promise<RateAdvanced> {
    const ahead = (seen[mark] ?? 0) > notBefore;
    const behindCondition = 'attribute_not_exists(#mark) OR #mark <= :not_before';
    return awsCall('subscriptions table', async () => {
      try {
        const { Attributes: before } = await this.client.send(
          new UpdateItemCommand({
            ...this.target(key),
            UpdateExpression: `SET #mark = ${ahead ? '#mark + :by' : ':begun'}`,
            ConditionExpression: `rate_limit = :limit AND ${ahead ? '#mark > :not_before AND #mark <= :most' : `(${behindCondition})`}`,
            ExpressionAttributeNames: { '#mark': RATE_MARKS[mark] },
            ExpressionAttributeValues: {
              ':limit': { N: String(seen.perSecond) },
              ':not_before': { N: String(notBefore) },
              ...(ahead ? { ':by': { N: String(by) }, ':most': { N: String(notAfter - by) } } : { ':begun': { N: String(notBefore + by) } }),
            },
            ReturnValues: 'UPDATED_OLD',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { advanced: true, from: ahead ? Number(before![RATE_MARKS[mark]]!.N) : notBefore };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const stored = error.Item === undefined ? undefined : rateLimitOf(error.Item).rateLimit;
        return { advanced: false, ...(stored !== undefined && { stored }) };
      }
    });
  }

  private target({ tenantId, subscriptionId }: SubscriptionKey) {
    return { TableName: this.table, Key: subscriptionItemKey(tenantId, subscriptionId) };
  }

  /** False when the condition did not hold. */
  private async change(input: UpdateItemCommandInput): Promise<boolean> {
    return awsCall('subscriptions table', async () => {
      try {
        await this.client.send(new UpdateItemCommand(input));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    });
  }
}

/** The reasons stand in the order of the actions: the subscription's first. A reason that is not a condition is a refusal of the whole. */
function cancelled(error: TransactionCanceledException, failures: readonly { readonly record: DeliveryRecord }[]): Counted {
  const [counting, ...records] = error.CancellationReasons ?? [];
  const other = [counting, ...records].find((reason) => reason?.Code !== undefined && reason.Code !== 'None' && reason.Code !== 'ConditionalCheckFailed');
  if (other !== undefined || counting === undefined) throw new PortUnavailable('deliveries table', error);
  const refused = new Map<number, DeliveryRecord>();
  records.forEach((reason, index) => {
    if (reason.Code === 'ConditionalCheckFailed' && reason.Item !== undefined) refused.set(index, storedRecord(failures[index]!.record, reason.Item));
  });
  const outdated = counting.Code === 'ConditionalCheckFailed';
  if (refused.size === 0 && !outdated) throw new PortUnavailable('deliveries table', error);
  return { counted: false, refused, outdated };
}
