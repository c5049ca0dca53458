/**
 * Subscriptions and their routes.
 *
 * Subscription: pk `T#tenant`, sk `S#id`, v, url, events, description, enabled, epoch, secret (sealed), created and updated (ms).
 * Route: pk `R#tenant#type`, sk the subscription's id, v, created (ms); written and removed in the subscription's own transaction (rule 2).
 */
import { BatchGetItemCommand, type DynamoDBClient, paginateQuery, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { PortUnavailable } from '../../core/errors';
import type { SubscriptionId, TenantId } from '../../core/identifiers';
import type { Clock, RouteReader, SubscriptionKey, SubscriptionReader, SubscriptionWriter } from '../../core/ports';
import type { Route, Subscription } from '../../core/subscription';
import { awsCall } from '../aws-errors';
import { flag, integer, optionalS, optionalText, present, text, texts } from './attributes';
import { type Item, ITEM_VERSION, routePartition, subscriptionItemKey } from './keys';

/** BatchGetItem reads 100 items a call (AWS, "BatchGetItem"). */
const BATCH_GET = 100;
/** Keys that BatchGetItem leaves unprocessed are asked for again this often. */
const READ_TRIES = 4;
const READ_PAUSE_MS = 50;

export class DynamoSubscriptionStore implements SubscriptionReader, RouteReader, SubscriptionWriter {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  async read(keys: readonly SubscriptionKey[]): Promise<readonly (Subscription | undefined)[]> {
    const found = new Map<string, Subscription>();
    for (let start = 0; start < keys.length; start += BATCH_GET) {
      for (const subscription of await this.readBatch(keys.slice(start, start + BATCH_GET))) found.set(`${subscription.tenantId}#${subscription.id}`, subscription);
    }
    return keys.map(({ tenantId, subscriptionId }) => found.get(`${tenantId}#${subscriptionId}`));
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

  private async readBatch(keys: readonly SubscriptionKey[]): Promise<Subscription[]> {
    const items: Item[] = [];
    let left: Item[] = keys.map(({ tenantId, subscriptionId }) => subscriptionItemKey(tenantId, subscriptionId));
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > READ_TRIES) throw new PortUnavailable('subscriptions table', new Error(`${left.length} keys were left unprocessed`));
      if (attempt > 1) await this.clock.sleep(READ_PAUSE_MS * attempt);
      const answer = await awsCall('subscriptions table', () => this.client.send(new BatchGetItemCommand({ RequestItems: { [this.table]: { Keys: left, ConsistentRead: true } } })));
      items.push(...(answer.Responses?.[this.table] ?? []));
      left = answer.UnprocessedKeys?.[this.table]?.Keys ?? [];
    }
    return items.map(subscriptionOf);
  }
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
    secret: { S: subscription.sealedSecret },
    created: { N: String(subscription.createdAt) },
    updated: { N: String(subscription.updatedAt) },
  });
}

function routeItems({ tenantId, id, eventTypes, createdAt }: Subscription): Item[] {
  return eventTypes.map((type) => ({ pk: { S: routePartition(tenantId, type) }, sk: { S: id }, v: ITEM_VERSION, created: { N: String(createdAt) } }));
}

function subscriptionOf(item: Item): Subscription {
  const description = optionalText(item, 'description');
  return {
    tenantId: text(item, 'pk').slice('T#'.length) as TenantId,
    id: text(item, 'sk').slice('S#'.length) as SubscriptionId,
    url: text(item, 'url'),
    eventTypes: texts(item, 'events'),
    ...(description !== undefined && { description }),
    enabled: flag(item, 'enabled'),
    epoch: integer(item, 'epoch'),
    sealedSecret: text(item, 'secret'),
    createdAt: integer(item, 'created'),
    updatedAt: integer(item, 'updated'),
  };
}
