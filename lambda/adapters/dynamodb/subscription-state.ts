/**
 * What deliver changes of a subscription, attribute by attribute: counting and disabling (rule 6), the circuit, and the
 * marks of its rate limit.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type TransactWriteItem,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type Circuit, OPENING_WINDOW_MS, type Suspicion } from '../../core/endpoint/circuit';
import { PortUnavailable } from '../../core/shared/errors';
import { isUrlTarget, type SubscriptionKey } from '../../core/shared/identifiers';
import { awsCall } from '../aws-errors';
import { settleInput, storedRecord } from './delivery-log';
import { ITEM_VERSION, subscriptionItemKey } from './keys';
import { CIRCUIT, circuitOf, RATE_MARKS, rateLimitOf } from './subscription-store';
import type { CircuitStore } from '../../core/endpoint/circuit-store';
import type { Counted, FailureCounter } from '../../core/delivery/failure-counter';
import type { DeliveryRates, RateAdvance, RateAdvanced } from '../../core/endpoint/delivery-rates';
import type { Subscription } from '../../core/subscriptions/subscription';
import type { DeliveryRecord } from '../../core/delivery/delivery';

/** Of counting a suspicion that others change meanwhile. */
const SUSPECT_TRIES = 3;

export class DynamoSubscriptionState implements FailureCounter, CircuitStore, DeliveryRates {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly deliveriesTable: string,
  ) {}

  async count(
    key: SubscriptionKey,
    epoch: number,
    failures: readonly { readonly record: DeliveryRecord; readonly attempt: number }[],
  ): Promise<Counted> {
    const counting: TransactWriteItem = {
      Update: {
        ...this.target(key),
        UpdateExpression: 'SET #count = #count + :more',
        ConditionExpression: 'epoch = :epoch AND enabled = :true',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: {
          ':more': { N: String(failures.length) },
          ':epoch': { N: String(epoch) },
          ':true': { BOOL: true },
        },
      },
    };
    return awsCall('deliveries table', async () => {
      try {
        await this.client.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              counting,
              ...failures.map(({ record, attempt }) => ({
                Update: settleInput(this.deliveriesTable, record, attempt),
              })),
            ],
          }),
        );
        return { counted: true };
      } catch (error) {
        if (error instanceof TransactionCanceledException) return cancelled(error, failures);
        throw error;
      }
    });
  }

  async resetStreak(key: SubscriptionKey, epoch: number): Promise<void> {
    await this.change({
      ...this.target(key),
      UpdateExpression: 'SET forgiven = #count',
      ConditionExpression: 'epoch = :epoch',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':epoch': { N: String(epoch) } },
    });
  }

  async disable(
    { tenantId, id, epoch, count, countAtLastSuccess }: Subscription,
    reason: string,
    at: number,
    { ignoreStreak = false }: { readonly ignoreStreak?: boolean } = {},
  ): Promise<boolean> {
    const unchanged = ignoreStreak ? '' : ' AND #count = :count AND forgiven = :forgiven';
    return this.change({
      ...this.target({ tenantId, subscriptionId: id }),
      UpdateExpression:
        'SET enabled = :false, disabled_reason = :reason, disabled_at = :at, updated = :at REMOVE announced',
      ConditionExpression: `epoch = :epoch AND enabled = :true${unchanged}`,
      ...(!ignoreStreak && { ExpressionAttributeNames: { '#count': 'count' } }),
      ExpressionAttributeValues: {
        ':false': { BOOL: false },
        ':true': { BOOL: true },
        ':reason': { S: reason },
        ':at': { N: String(at) },
        ':epoch': { N: String(epoch) },
        ...(!ignoreStreak && { ':count': { N: String(count) }, ':forgiven': { N: String(countAtLastSuccess) } }),
      },
    });
  }

  async markDisablingPublished({ tenantId, id, epoch }: Subscription): Promise<void> {
    await this.change({
      ...this.target({ tenantId, subscriptionId: id }),
      UpdateExpression: 'SET announced = :true',
      ConditionExpression: 'epoch = :epoch AND enabled = :false',
      ExpressionAttributeValues: { ':true': { BOOL: true }, ':false': { BOOL: false }, ':epoch': { N: String(epoch) } },
    });
  }

  /**
   * Also makes the row of a URL's origin; never a deleted subscription's. By the suspicion as it was last seen, one of
   * two writes: another failure, or the first.
   */
  async suspect(key: SubscriptionKey, seen: Suspicion | undefined, failures: number, now: number): Promise<number> {
    let suspicion = seen;
    for (let attempt = 1; attempt <= SUSPECT_TRIES; attempt += 1) {
      const again = suspicion !== undefined && suspicion.since > now - OPENING_WINDOW_MS;
      const counted = await this.countSuspicion(key, again, failures, now);
      if ('failures' in counted) return counted.failures;
      if (counted.stored === undefined || counted.stored.circuit !== undefined) return 0;
      suspicion = counted.stored.suspicion;
    }
    return 0; // others are always faster, and count as well
  }

  private async countSuspicion(
    key: SubscriptionKey,
    again: boolean,
    failures: number,
    now: number,
  ): Promise<{ failures: number } | { stored: ReturnType<typeof circuitOf> | undefined }> {
    const values = {
      ':failures': { N: String(failures) },
      ':old': { N: String(now - OPENING_WINDOW_MS) },
      ...(!again && { ':now': { N: String(now) }, ':version': ITEM_VERSION }),
    };
    return awsCall('subscriptions table', async () => {
      try {
        const { Attributes: updated } = await this.client.send(
          new UpdateItemCommand({
            ...this.target(key),
            UpdateExpression: again
              ? 'SET circuit_failures = circuit_failures + :failures'
              : 'SET circuit_failures = :failures, circuit_suspected = :now, v = :version',
            ConditionExpression: again
              ? 'attribute_not_exists(circuit_opened) AND circuit_suspected > :old'
              : 'attribute_not_exists(circuit_opened) AND (attribute_not_exists(circuit_suspected) OR ' +
                `circuit_suspected <= :old)${thereUnlessUrl(key)}`,
            ExpressionAttributeValues: values,
            ReturnValues: 'UPDATED_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { failures: Number(updated!.circuit_failures!.N) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { stored: error.Item === undefined ? (again && isUrl(key) ? {} : undefined) : circuitOf(error.Item) };
      }
    });
  }

  /** Also makes the row of a URL's origin; never a deleted subscription's. */
  async open(key: SubscriptionKey, { openedAt, probeAt }: Circuit): Promise<boolean> {
    return this.change({
      ...this.target(key),
      UpdateExpression:
        'SET circuit_opened = :opened, circuit_probe = :probe, v = :version REMOVE circuit_suspected, circuit_failures',
      ConditionExpression: `attribute_not_exists(circuit_opened)${thereUnlessUrl(key)}`,
      ExpressionAttributeValues: {
        ':opened': { N: String(openedAt) },
        ':probe': { N: String(probeAt) },
        ':version': ITEM_VERSION,
      },
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
    await this.change({
      ...this.target(key),
      UpdateExpression: `REMOVE ${CIRCUIT.join(', ')}`,
      ConditionExpression: 'attribute_exists(circuit_opened) OR attribute_exists(circuit_suspected)',
    });
  }

  /**
   * By the mark as it was last seen, one of two writes: a mark that is behind begins at `notBefore`, one that is ahead
   * moves on from where it stands by then.
   */
  async advance(key: SubscriptionKey, { mark, seen, notBefore, by, notAfter }: RateAdvance): Promise<RateAdvanced> {
    const ahead = (seen[mark] ?? 0) > notBefore;
    const behindCondition = 'attribute_not_exists(#mark) OR #mark <= :not_before';
    return awsCall('subscriptions table', async () => {
      try {
        const { Attributes: before } = await this.client.send(
          new UpdateItemCommand({
            ...this.target(key),
            UpdateExpression: `SET #mark = ${ahead ? '#mark + :by' : ':begun'}`,
            ConditionExpression:
              'rate_limit = :limit AND ' +
              `${ahead ? '#mark > :not_before AND #mark <= :most' : `(${behindCondition})`}`,
            ExpressionAttributeNames: { '#mark': RATE_MARKS[mark] },
            ExpressionAttributeValues: {
              ':limit': { N: String(seen.perSecond) },
              ':not_before': { N: String(notBefore) },
              ...(ahead
                ? { ':by': { N: String(by) }, ':most': { N: String(notAfter - by) } }
                : { ':begun': { N: String(notBefore + by) } }),
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

function isUrl({ subscriptionId }: SubscriptionKey): boolean {
  return isUrlTarget(subscriptionId);
}

/** The row of a URL's origin is made when it is first needed; a subscription that was deleted does not come back. */
function thereUnlessUrl(key: SubscriptionKey): string {
  return isUrl(key) ? '' : ' AND attribute_exists(pk)';
}

/**
 * The reasons stand in the order of the actions: the subscription's first. A reason that is not a condition is a
 * refusal of the whole.
 */
function cancelled(
  error: TransactionCanceledException,
  failures: readonly { readonly record: DeliveryRecord }[],
): Counted {
  const [counting, ...records] = error.CancellationReasons ?? [];
  const other = [counting, ...records].find(
    (reason) => reason?.Code !== undefined && reason.Code !== 'None' && reason.Code !== 'ConditionalCheckFailed',
  );
  if (other !== undefined || counting === undefined) throw new PortUnavailable('deliveries table', error);
  const refused = new Map<number, DeliveryRecord>();
  records.forEach((reason, index) => {
    if (reason.Code === 'ConditionalCheckFailed' && reason.Item !== undefined)
      refused.set(index, storedRecord(failures[index]!.record, reason.Item));
  });
  const outdated = counting.Code === 'ConditionalCheckFailed';
  if (refused.size === 0 && !outdated) throw new PortUnavailable('deliveries table', error);
  return { counted: false, refused, outdated };
}
