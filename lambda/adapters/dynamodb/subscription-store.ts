/**
 * Subscriptions and their routes, and what stands for a subscription when an event names its own URL.
 *
 * Subscription: pk `T#tenant`, sk `S#id`, v, url, events, description, enabled, epoch, count, forgiven, secret (sealed), created and updated (ms); when it was disabled for
 * its failures: disabled_reason, disabled_at (ms), announced; while its circuit is open: circuit_opened, circuit_probe (ms).
 * URL's origin: pk `T#tenant`, sk `S#url:hash`, v, circuit_opened, circuit_probe.
 * Account: pk `T#tenant`, sk `A#`, v, secret (sealed).
 * Route: pk `R#tenant#type`, sk the subscription's id, v, created (ms); written and removed in the subscription's own transaction (rule 2).
 */
import { BatchGetItemCommand, ConditionalCheckFailedException, type DynamoDBClient, paginateQuery, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { Circuit } from '../../core/circuit';
import { PortUnavailable, UnreadableItem } from '../../core/errors';
import { isUrlTarget, type SubscriptionId, type TenantId } from '../../core/identifiers';
import type { AccountSecrets, Clock, RouteReader, SubscriptionKey, SubscriptionReader, SubscriptionWriter, Targets } from '../../core/ports';
import type { Route, Subscription, UrlTarget } from '../../core/subscription';
import { awsCall } from '../aws-errors';
import { flag, integer, optionalInteger, optionalS, optionalText, present, reading, text, texts } from './attributes';
import { accountItemKey, type Item, ITEM_VERSION, routePartition, subscriptionItemKey } from './keys';

/** BatchGetItem reads 100 items a call (AWS, "BatchGetItem"). */
const BATCH_GET = 100;
/** Keys that BatchGetItem leaves unprocessed are asked for again this often. */
const READ_TRIES = 4;
const READ_PAUSE_MS = 50;

export class DynamoSubscriptionStore implements SubscriptionReader, RouteReader, SubscriptionWriter, AccountSecrets {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  async read(keys: readonly SubscriptionKey[], accounts: readonly TenantId[] = []): Promise<Targets> {
    const asked = [...keys.map(({ tenantId, subscriptionId }) => subscriptionItemKey(tenantId, subscriptionId)), ...accounts.map(accountItemKey)];
    const wanted = [...new Map(asked.map((key) => [nameOf(key), key])).values()]; // a key that comes twice is refused
    const found = new Map<string, Item>();
    for (let start = 0; start < wanted.length; start += BATCH_GET) {
      for (const item of await this.readBatch(wanted.slice(start, start + BATCH_GET))) found.set(nameOf(item), item);
    }
    return {
      subscriptions: keys.map(({ tenantId, subscriptionId }) => {
        const item = found.get(nameOf(subscriptionItemKey(tenantId, subscriptionId)));
        return item === undefined ? undefined : readable(item);
      }),
      accounts: new Map(
        accounts.flatMap((tenantId) => {
          const item = found.get(nameOf(accountItemKey(tenantId)));
          // One that cannot be read is left out, and fails where it is needed: in ensure().
          const sealed = item === undefined ? undefined : optionalText(item, 'secret');
          return sealed === undefined ? [] : [[tenantId, sealed]];
        }),
      ),
    };
  }

  async ensure(tenantId: TenantId, sealed: string): Promise<string> {
    return awsCall('subscriptions table', async () => {
      try {
        await this.client.send(
          new PutItemCommand({
            TableName: this.table,
            Item: { ...accountItemKey(tenantId), v: ITEM_VERSION, secret: { S: sealed } },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return sealed;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item !== undefined) return text(error.Item, 'secret');
        throw error;
      }
    });
  }

  async matching(tenantId: TenantId, eventType: string): Promise<readonly Route[]> {
    return awsCall('subscriptions table', async () => {
      const routes: Route[] = [];
      const pages = paginateQuery(
        { client: this.client },
        {
          TableName: this.table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :partition',
          ExpressionAttributeValues: { ':partition': { S: routePartition(tenantId, eventType) } },
        },
      );
      for await (const page of pages) for (const item of page.Items ?? []) routes.push({ subscriptionId: text(item, 'sk') as SubscriptionId, createdAt: integer(item, 'created') });
      return routes;
    });
  }

  async create(subscription: Subscription): Promise<void> {
    const absent = 'attribute_not_exists(pk)';
    await awsCall('subscriptions table', () =>
      this.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [subscriptionItem(subscription), ...routeItems(subscription)].map((item) => ({ Put: { TableName: this.table, Item: item, ConditionExpression: absent } })),
        }),
      ),
    );
  }

  private async readBatch(keys: readonly Item[]): Promise<Item[]> {
    const items: Item[] = [];
    let left: Item[] = [...keys];
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > READ_TRIES) throw new PortUnavailable('subscriptions table', new Error(`${left.length} keys were left unprocessed`));
      if (attempt > 1) await this.clock.sleep(READ_PAUSE_MS * attempt);
      const answer = await awsCall('subscriptions table', () => this.client.send(new BatchGetItemCommand({ RequestItems: { [this.table]: { Keys: left, ConsistentRead: true } } })));
      items.push(...(answer.Responses?.[this.table] ?? []));
      left = answer.UnprocessedKeys?.[this.table]?.Keys ?? [];
    }
    return items;
  }
}

function nameOf({ pk, sk }: Item): string {
  return `${pk!.S} ${sk!.S}`;
}

function subscriptionItem(subscription: Subscription): Item {
  return present({
    ...subscriptionItemKey(subscription.tenantId, subscription.id),
    v: ITEM_VERSION,
    url: { S: subscription.url },
    events: { L: subscription.eventTypes.map((type) => ({ S: type })) },
    description: optionalS(subscription.description),
    enabled: { BOOL: subscription.enabled },
    epoch: { N: String(subscription.epoch) },
    count: { N: String(subscription.count) },
    forgiven: { N: String(subscription.forgiven) },
    secret: { S: subscription.sealedSecret },
    created: { N: String(subscription.createdAt) },
    updated: { N: String(subscription.updatedAt) },
  });
}

function routeItems({ tenantId, id, eventTypes, createdAt }: Subscription): Item[] {
  return eventTypes.map((type) => ({ pk: { S: routePartition(tenantId, type) }, sk: { S: id }, v: ITEM_VERSION, created: { N: String(createdAt) } }));
}

/** One item that cannot be read must not hold up the others of its batch. */
function readable(item: Item): Subscription | UrlTarget | UnreadableItem {
  try {
    return reading(item, targetOf);
  } catch (error) {
    if (error instanceof UnreadableItem) return error;
    throw error;
  }
}

function targetOf(item: Item): Subscription | UrlTarget {
  const identity = {
    tenantId: text(item, 'pk').slice('T#'.length) as TenantId,
    id: text(item, 'sk').slice('S#'.length) as SubscriptionId,
    ...circuitOf(item),
  };
  return isUrlTarget(identity.id) ? identity : { ...identity, ...subscriptionOf(item) };
}

function circuitOf(item: Item): { circuit?: Circuit } {
  const openedAt = optionalInteger(item, 'circuit_opened');
  return openedAt === undefined ? {} : { circuit: { openedAt, probeAt: integer(item, 'circuit_probe') } };
}

function subscriptionOf(item: Item): Omit<Subscription, 'tenantId' | 'id' | 'circuit'> {
  const description = optionalText(item, 'description');
  const disabledReason = optionalText(item, 'disabled_reason');
  const disabledAt = optionalInteger(item, 'disabled_at');
  return {
    url: text(item, 'url'),
    eventTypes: texts(item, 'events'),
    ...(description !== undefined && { description }),
    enabled: flag(item, 'enabled'),
    epoch: integer(item, 'epoch'),
    count: integer(item, 'count'),
    forgiven: integer(item, 'forgiven'),
    ...(disabledReason !== undefined && { disabledReason }),
    ...(disabledAt !== undefined && { disabledAt }),
    ...(item.announced !== undefined && { announced: flag(item, 'announced') }),
    sealedSecret: text(item, 'secret'),
    createdAt: integer(item, 'created'),
    updatedAt: integer(item, 'updated'),
  };
}
