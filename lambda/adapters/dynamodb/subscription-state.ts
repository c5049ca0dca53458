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
import type { CircuitView } from '../../core/endpoint/circuit-breaker';
import type { Reason } from '../../core/shared/reason';
import { formatReason } from '../../core/shared/reason-format';
import { numeric, readFields } from './attributes';
import { ITEM_VERSION, subscriptionItemKey } from './keys';
import { CIRCUIT_ATTRIBUTES, RATE_MARKS } from './subscription-store';
import type { CircuitStore } from '../../core/endpoint/circuit-store';
import type { Counted, FailureCounter } from '../../core/delivery/failure-counter';
import type { DeliveryRates, RateAdvance, RateAdvanced } from '../../core/endpoint/delivery-rates';
import {
  originFields,
  type Subscription,
  SUBSCRIPTION_NAMES as A,
  subscriptionFields,
} from '../../core/subscriptions/subscription';
import type { DeliveryRecord } from '../../core/delivery/delivery-record';

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
        ConditionExpression: `${A.epoch} = :epoch AND ${A.enabled} = :true`,
        ExpressionAttributeNames: { '#count': A.count },
        ExpressionAttributeValues: {
          ':more': numeric(failures.length),
          ':epoch': numeric(epoch),
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
      UpdateExpression: `SET ${A.countAtLastSuccess} = #count`,
      ConditionExpression: `${A.epoch} = :epoch`,
      ExpressionAttributeNames: { '#count': A.count },
      ExpressionAttributeValues: { ':epoch': numeric(epoch) },
    });
  }

  async disable(
    { tenantId, id, epoch, count, countAtLastSuccess }: Subscription,
    why: Reason,
    at: number,
    { ignoreStreak = false }: { readonly ignoreStreak?: boolean } = {},
  ): Promise<boolean> {
    const unchanged = ignoreStreak ? '' : ` AND #count = :count AND ${A.countAtLastSuccess} = :forgiven`;
    return this.change({
      ...this.target({ tenantId, subscriptionId: id }),
      UpdateExpression:
        `SET ${A.enabled} = :false, ${A.disabledReason} = :reason, ${A.disabledAt} = :at, ${A.updatedAt} = :at ` +
        `REMOVE ${A.disablingPublished}`,
      ConditionExpression: `${A.epoch} = :epoch AND ${A.enabled} = :true${unchanged}`,
      ...(!ignoreStreak && { ExpressionAttributeNames: { '#count': A.count } }),
      ExpressionAttributeValues: {
        ':false': { BOOL: false },
        ':true': { BOOL: true },
        ':reason': { S: formatReason(why) },
        ':at': numeric(at),
        ':epoch': numeric(epoch),
        ...(!ignoreStreak && { ':count': numeric(count), ':forgiven': numeric(countAtLastSuccess) }),
      },
    });
  }

  async markDisablingPublished({ tenantId, id, epoch }: Subscription): Promise<void> {
    await this.change({
      ...this.target({ tenantId, subscriptionId: id }),
      UpdateExpression: `SET ${A.disablingPublished} = :true`,
      ConditionExpression: `${A.epoch} = :epoch AND ${A.enabled} = :false`,
      ExpressionAttributeValues: { ':true': { BOOL: true }, ':false': { BOOL: false }, ':epoch': numeric(epoch) },
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
  ): Promise<{ failures: number } | { stored: CircuitView | undefined }> {
    const values = {
      ':failures': numeric(failures),
      ':old': numeric(now - OPENING_WINDOW_MS),
      ...(!again && { ':now': numeric(now), ':version': ITEM_VERSION }),
    };
    return awsCall('subscriptions table', async () => {
      try {
        const { Attributes: updated } = await this.client.send(
          new UpdateItemCommand({
            ...this.target(key),
            UpdateExpression: again
              ? `SET ${A.suspicion.failures} = ${A.suspicion.failures} + :failures`
              : `SET ${A.suspicion.failures} = :failures, ${A.suspicion.since} = :now, v = :version`,
            ConditionExpression: again
              ? `attribute_not_exists(${A.circuit.openedAt}) AND ${A.suspicion.since} > :old`
              : `attribute_not_exists(${A.circuit.openedAt}) AND (attribute_not_exists(${A.suspicion.since}) OR ` +
                `${A.suspicion.since} <= :old)${thereUnlessUrl(key)}`,
            ExpressionAttributeValues: values,
            ReturnValues: 'UPDATED_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { failures: Number(updated![A.suspicion.failures]!.N) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (error.Item !== undefined) return { stored: readFields(error.Item, originFields) };
        return { stored: again && isUrl(key) ? {} : undefined };
      }
    });
  }

  /** Also makes the row of a URL's origin; never a deleted subscription's. */
  async open(key: SubscriptionKey, { openedAt, probeAt }: Circuit): Promise<boolean> {
    return this.change({
      ...this.target(key),
      UpdateExpression:
        `SET ${A.circuit.openedAt} = :opened, ${A.circuit.probeAt} = :probe, v = :version ` +
        `REMOVE ${A.suspicion.since}, ${A.suspicion.failures}`,
      ConditionExpression: `attribute_not_exists(${A.circuit.openedAt})${thereUnlessUrl(key)}`,
      ExpressionAttributeValues: {
        ':opened': numeric(openedAt),
        ':probe': numeric(probeAt),
        ':version': ITEM_VERSION,
      },
    });
  }

  async claimProbe(key: SubscriptionKey, { probeAt }: Circuit, nextProbeAt: number): Promise<boolean> {
    return this.change({
      ...this.target(key),
      UpdateExpression: `SET ${A.circuit.probeAt} = :next`,
      ConditionExpression: `${A.circuit.probeAt} = :seen`,
      ExpressionAttributeValues: { ':seen': numeric(probeAt), ':next': numeric(nextProbeAt) },
    });
  }

  async close(key: SubscriptionKey): Promise<void> {
    await this.change({
      ...this.target(key),
      UpdateExpression: `REMOVE ${CIRCUIT_ATTRIBUTES.join(', ')}`,
      ConditionExpression: `attribute_exists(${A.circuit.openedAt}) OR attribute_exists(${A.suspicion.since})`,
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
              `${A.rateLimit.perSecond} = :limit AND ` +
              `${ahead ? '#mark > :not_before AND #mark <= :most' : `(${behindCondition})`}`,
            ExpressionAttributeNames: { '#mark': RATE_MARKS[mark] },
            ExpressionAttributeValues: {
              ':limit': numeric(seen.perSecond),
              ':not_before': numeric(notBefore),
              ...(ahead
                ? { ':by': numeric(by), ':most': numeric(notAfter - by) }
                : { ':begun': numeric(notBefore + by) }),
            },
            ReturnValues: 'UPDATED_OLD',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { advanced: true, from: ahead ? Number(before![RATE_MARKS[mark]]!.N) : notBefore };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const stored = error.Item && readFields(error.Item, { rateLimit: subscriptionFields.rateLimit }).rateLimit;
        return { advanced: false, stored };
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
