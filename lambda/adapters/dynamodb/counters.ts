/**
 * The counters table: figures of deliveries that came to their end. Its items expire by themselves (ex, seconds, the
 * table's TTL).
 *
 * Hour: pk tenant, sk `F#target#2026-11-22T07`, target `*` for the tenant as a whole; v, delivered, failed, cancelled,
 * ex. Last triggered: pk tenant, sk `L#subscription`; v, at (ms), ex. Origin that an event named: pk tenant, sk
 * `O#url:hash`; v, origin, at (ms), ex. Limit (rate-limits.ts): pk `limit#name`, sk window; n, ex.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type Figures,
  type FigureStore,
  type FigureUpdate,
  HOUR_MS,
  type HourFigures,
  type OriginPage,
} from '../../core/history/figures';
import type { SubscriptionId, TenantId } from '../../core/shared/identifiers';
import { awsCall } from '../aws-errors';
import { integer, optionalInteger, text } from './attributes';
import { hourItemKey, type Item, ITEM_VERSION, originItemKey, triggeredItemKey } from './keys';
import type { Clock } from '../../core/shared/clock';

const DAY_SECONDS = 86_400;
/** Hours are kept a little longer than the deliveries that they sum. */
const HOURS_KEPT_SECONDS = 40 * DAY_SECONDS;
/** Origins are of use while their deliveries are there. */
const ORIGINS_KEPT_SECONDS = 40 * DAY_SECONDS;
/** A subscription that is seldom triggered still says when it was. */
const TRIGGERED_KEPT_SECONDS = 400 * DAY_SECONDS;

export class DynamoFigures implements FigureStore, Figures {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  async apply(update: FigureUpdate): Promise<void> {
    if (update.kind === 'hour') return this.add(update);
    if (update.kind === 'triggered')
      return this.keepLatest(triggeredItemKey(update.tenantId, update.target), update.at, TRIGGERED_KEPT_SECONDS, {});
    return this.keepLatest(originItemKey(update.tenantId, update.target), update.at, ORIGINS_KEPT_SECONDS, {
      origin: { S: update.origin },
    });
  }

  async hourly(
    tenantId: TenantId,
    target: SubscriptionId | undefined,
    from: number,
    to: number,
  ): Promise<readonly HourFigures[]> {
    const [first, last] = [from, to].map((time) => hourItemKey(tenantId, target, time).sk!);
    const items = await this.between(tenantId, first!, last!);
    return items.map((item) => ({
      hour: Date.parse(`${text(item, 'sk').slice(-HOUR_TEXT.length)}:00:00Z`),
      delivered: integer(item, 'delivered'),
      failed: integer(item, 'failed'),
      cancelled: integer(item, 'cancelled'),
    }));
  }

  async lastTriggered(
    tenantId: TenantId,
    from: SubscriptionId,
    to: SubscriptionId,
  ): Promise<ReadonlyMap<SubscriptionId, number>> {
    const items = await this.between(
      tenantId,
      triggeredItemKey(tenantId, from).sk!,
      triggeredItemKey(tenantId, to).sk!,
    );
    return new Map(items.map((item) => [targetOf(item), integer(item, 'at')]));
  }

  async origins(tenantId: TenantId, limit: number, after?: SubscriptionId): Promise<OriginPage> {
    const { Items: items = [], LastEvaluatedKey: last } = await awsCall('counters table', () =>
      this.client.send(
        new QueryCommand({
          TableName: this.table,
          Limit: limit,
          KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':tenant': { S: tenantId }, ':prefix': { S: 'O#' } },
          ExclusiveStartKey: after && originItemKey(tenantId, after),
        }),
      ),
    );
    return {
      origins: items
        .filter((item) => this.isCurrent(item))
        .map((item) => ({
          target: targetOf(item),
          origin: text(item, 'origin'),
          lastTriggeredAt: integer(item, 'at'),
        })),
      after: last && targetOf(last),
    };
  }

  private async add({
    tenantId,
    target,
    hour,
    delivered,
    failed,
    cancelled,
  }: Extract<FigureUpdate, { kind: 'hour' }>): Promise<void> {
    await awsCall('counters table', () =>
      this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: hourItemKey(tenantId, target, hour),
          UpdateExpression:
            'SET v = :version, ex = :expiry ADD delivered :delivered, failed :failed, cancelled :cancelled',
          ExpressionAttributeValues: {
            ':version': ITEM_VERSION,
            ':expiry': { N: String((hour + HOUR_MS) / 1000 + HOURS_KEPT_SECONDS) },
            ':delivered': { N: String(delivered) },
            ':failed': { N: String(failed) },
            ':cancelled': { N: String(cancelled) },
          },
        }),
      ),
    );
  }

  private async keepLatest(key: Item, at: number, keptSeconds: number, more: Item): Promise<void> {
    const attributes: Item = {
      v: ITEM_VERSION,
      at: { N: String(at) },
      ex: { N: String(Math.ceil(at / 1000) + keptSeconds) },
      ...more,
    };
    await awsCall('counters table', async () => {
      try {
        await this.client.send(
          new UpdateItemCommand({
            TableName: this.table,
            Key: key,
            UpdateExpression: `SET ${Object.keys(attributes)
              .map((name) => `#${name} = :${name}`)
              .join(', ')}`,
            ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
            ExpressionAttributeNames: Object.fromEntries(Object.keys(attributes).map((name) => [`#${name}`, name])),
            ExpressionAttributeValues: Object.fromEntries(
              Object.entries(attributes).map(([name, value]) => [`:${name}`, value]),
            ),
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error; // a later one is known
      }
    });
  }

  private async between(tenantId: TenantId, first: Item[string], last: Item[string]): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await awsCall('counters table', () =>
        this.client.send(
          new QueryCommand({
            TableName: this.table,
            KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :first AND :last',
            ExpressionAttributeValues: { ':tenant': { S: tenantId }, ':first': first, ':last': last },
            ExclusiveStartKey: start,
          }),
        ),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return items.filter((item) => this.isCurrent(item));
  }

  private isCurrent(item: Item): boolean {
    return (optionalInteger(item, 'ex') ?? 0) > Math.floor(this.clock.now() / 1000);
  }
}

const HOUR_TEXT = 'yyyy-mm-ddThh';

/** Of a last-triggered time, or of an origin. */
function targetOf(item: Item): SubscriptionId {
  return text(item, 'sk').slice('L#'.length) as SubscriptionId;
}
