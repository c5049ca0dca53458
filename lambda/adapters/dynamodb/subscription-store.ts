/**
 * Subscriptions and their routes, the rows of origins that events name, and accounts. `subscription.ts` of the core
 * declares what each of them holds.
 */
import {
  type CancellationReason,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Assignments, assignments, attributeNames, encode } from '../../core/shared/format';
import { PortUnavailable, UnreadableItem } from '../../core/shared/errors';
import { isUrlTarget, type SubscriptionId, type SubscriptionKey, type TenantId } from '../../core/shared/identifiers';
import { awsCall } from '../aws-errors';
import { BATCH_GET, readBatch } from './batch-read';
import { itemOf, numeric, optionalText, readFields, readItem, text, updateExpression } from './attributes';
import { accountItemKey, type Item, ITEM_VERSION, recoveryItemKey, routePartition, subscriptionItemKey } from './keys';
import type { AccountStore } from '../../core/subscriptions/account-store';
import type { Clock } from '../../core/shared/clock';
import type {
  CreationLimit,
  RegeneratedSecret,
  SubscriptionChange,
  SubscriptionDirectory,
  SubscriptionPage,
} from '../../core/subscriptions/subscription-directory';
import type { RouteReader } from '../../core/events/route-reader';
import { isSubscription, type SubscriptionReader, type Targets } from '../../core/subscriptions/subscription-reader';
import {
  type Account,
  ACCOUNT_NAMES,
  accountFields,
  originFields,
  ownerFields,
  routeFields,
  type Subscription,
  SUBSCRIPTION_NAMES,
  subscriptionFields,
  type SubscriptionRoute,
  type Target,
} from '../../core/subscriptions/subscription';

/** Of a transaction that met another. */
const TRANSACTION_TRIES = 4;
const TRANSACTION_PAUSE_MS = 30;

export class DynamoSubscriptionStore implements SubscriptionReader, RouteReader, SubscriptionDirectory, AccountStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  async read(keys: readonly SubscriptionKey[], accounts: readonly TenantId[] = []): Promise<Targets> {
    const asked = [
      ...keys.map(({ tenantId, subscriptionId }) => subscriptionItemKey(tenantId, subscriptionId)),
      ...accounts.map(accountItemKey),
    ];
    const wanted = [...new Map(asked.map((key) => [nameOf(key), key])).values()]; // a key that comes twice is refused
    const found = new Map<string, Item>();
    for (let start = 0; start < wanted.length; start += BATCH_GET) {
      for (const item of await readBatch('subscriptions table', this.table, wanted.slice(start, start + BATCH_GET), {
        client: this.client,
        clock: this.clock,
      }))
        found.set(nameOf(item), item);
    }
    return {
      subscriptions: keys.map(({ tenantId, subscriptionId }) => {
        const item = found.get(nameOf(subscriptionItemKey(tenantId, subscriptionId)));
        return item === undefined ? undefined : readTarget(item);
      }),
      accounts: new Map(
        accounts.flatMap((tenantId) => {
          const item = found.get(nameOf(accountItemKey(tenantId)));
          return item === undefined ? [] : [[tenantId, accountOf(item)]];
        }),
      ),
    };
  }

  async createSecretIfAbsent(tenantId: TenantId, sealed: string): Promise<string> {
    return awsCall('subscriptions table', async () => {
      try {
        await this.client.send(
          new UpdateItemCommand({
            ...this.accountItem(tenantId),
            UpdateExpression: `SET ${ACCOUNT_NAMES.sealedSecret} = :secret, v = :version`,
            ConditionExpression: `attribute_not_exists(${ACCOUNT_NAMES.sealedSecret})`,
            ExpressionAttributeValues: { ':secret': { S: sealed }, ':version': ITEM_VERSION },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return sealed;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item !== undefined)
          return text(error.Item, ACCOUNT_NAMES.sealedSecret);
        throw error;
      }
    });
  }

  async matching(tenantId: TenantId, eventType: string): Promise<readonly SubscriptionRoute[]> {
    return awsCall('subscriptions table', async () => {
      const routes: SubscriptionRoute[] = [];
      const pages = paginateQuery(
        { client: this.client },
        {
          TableName: this.table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :partition',
          ExpressionAttributeValues: { ':partition': { S: routePartition(tenantId, eventType) } },
        },
      );
      for await (const page of pages)
        for (const item of page.Items ?? [])
          routes.push({ subscriptionId: text(item, 'sk') as SubscriptionId, ...readFields(item, routeFields) });
      return routes;
    });
  }

  async account(tenantId: TenantId): Promise<Account> {
    const { Item: item } = await awsCall('subscriptions table', () =>
      this.client.send(new GetItemCommand({ ...this.accountItem(tenantId), ConsistentRead: true })),
    );
    return item === undefined ? {} : accountOf(item);
  }

  async replaceSecret(
    tenantId: TenantId,
    seen: string | undefined,
    { sealed, previous }: RegeneratedSecret,
  ): Promise<boolean> {
    const { set, remove } = secretAssignments(accountFields, { sealed, previous });
    const { ExpressionAttributeValues: values, ...expression } = updateExpression({
      set: { ...set, v: ITEM_VERSION },
      remove,
    });
    const update = new UpdateItemCommand({
      ...this.accountItem(tenantId),
      ...expression,
      ConditionExpression:
        seen === undefined
          ? `attribute_not_exists(${ACCOUNT_NAMES.sealedSecret})`
          : `${ACCOUNT_NAMES.sealedSecret} = :seen`,
      ExpressionAttributeValues: { ...values, ...(seen !== undefined && { ':seen': { S: seen } }) },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return awsCall('subscriptions table', async () => {
      try {
        await this.client.send(update);
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // our own, from a try whose answer was lost: nobody else seals to the same bytes
        return optionalText(error.Item ?? {}, ACCOUNT_NAMES.sealedSecret) === sealed;
      }
    });
  }

  async setPlan(tenantId: TenantId, plan: string): Promise<void> {
    await awsCall('subscriptions table', () =>
      this.client.send(
        new UpdateItemCommand({
          ...this.accountItem(tenantId),
          ...updateExpression({ set: { ...encode(accountFields, { plan }), v: ITEM_VERSION }, remove: [] }),
        }),
      ),
    );
  }

  async create(
    subscription: Subscription,
    { plan, maxSubscriptions }: CreationLimit = {},
  ): Promise<'created' | 'limit' | 'plan-changed'> {
    const puts = [subscriptionItem(subscription), ...routeItems(subscription)].map((item) => ({
      Put: {
        TableName: this.table,
        Item: item,
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      },
    }));
    const planHolds = plan === undefined ? 'attribute_not_exists(#plan)' : '#plan = :plan';
    const counted: TransactWriteItem = {
      Update: {
        ...this.accountItem(subscription.tenantId),
        UpdateExpression: `SET v = :version ADD ${ACCOUNT_NAMES.subscriptionCount} :one`,
        ConditionExpression:
          maxSubscriptions === undefined
            ? planHolds
            : `${planHolds} AND (attribute_not_exists(#subs) OR #subs < :most)`,
        ExpressionAttributeNames: {
          '#plan': ACCOUNT_NAMES.plan,
          ...(maxSubscriptions !== undefined && { '#subs': ACCOUNT_NAMES.subscriptionCount }),
        },
        ExpressionAttributeValues: {
          ':version': ITEM_VERSION,
          ':one': { N: '1' },
          ...(plan !== undefined && { ':plan': { S: plan } }),
          ...(maxSubscriptions !== undefined && { ':most': numeric(maxSubscriptions) }),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
    return awsCall('subscriptions table', async () => {
      try {
        await this.sendTransaction([counted, ...puts]);
        return 'created';
      } catch (error) {
        const reasons = conditionsOf(error);
        // Our own, from a try whose answer was lost: nobody else seals to the same bytes.
        if (optionalText(reasons[1]?.Item ?? {}, SUBSCRIPTION_NAMES.sealedSecret) === subscription.sealedSecret)
          return 'created';
        if (reasons[0]?.Code !== 'ConditionalCheckFailed') throw error;
        return optionalText(reasons[0].Item ?? {}, ACCOUNT_NAMES.plan) === plan ? 'limit' : 'plan-changed';
      }
    });
  }

  async list(tenantId: TenantId, limit: number, after?: SubscriptionId): Promise<SubscriptionPage> {
    const { Items: items = [], LastEvaluatedKey: last } = await awsCall('subscriptions table', () =>
      this.client.send(
        new QueryCommand({
          TableName: this.table,
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
          KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :first AND :last',
          // Ids are hexadecimal; rows of URLs begin with u.
          ExpressionAttributeValues: {
            ':tenant': subscriptionItemKey(tenantId, '' as SubscriptionId).pk!,
            ':first': { S: 'S#0' },
            ':last': { S: 'S#g' },
          },
          ExclusiveStartKey: after && subscriptionItemKey(tenantId, after),
        }),
      ),
    );
    const subscriptions = items.map(readTarget).filter(isSubscription);
    return { subscriptions, after: last && (text(last, 'sk').slice('S#'.length) as SubscriptionId) };
  }

  async update(seen: Subscription, change: SubscriptionChange): Promise<boolean> {
    const expression = updateExpression(assignmentsOf(change));
    const target: TransactWriteItem = {
      Update: {
        TableName: this.table,
        Key: subscriptionItemKey(seen.tenantId, seen.id),
        ...expression,
        UpdateExpression:
          change.enabled === true
            ? `${expression.UpdateExpression} ADD ${SUBSCRIPTION_NAMES.epoch} :one`
            : expression.UpdateExpression,
        ConditionExpression: UNCHANGED,
        ExpressionAttributeValues: {
          ...expression.ExpressionAttributeValues,
          ...unchangedValues(seen),
          ...(change.enabled === true && { ':one': { N: '1' } }),
        },
      },
    };
    const before = new Set(seen.eventTypes);
    const after = new Set(change.eventTypes ?? seen.eventTypes);
    const routes = routeItems({
      ...seen,
      eventTypes: [...after].filter((type) => !before.has(type)),
      createdAt: change.updatedAt,
    });
    const gone = [...before].filter((type) => !after.has(type));
    return this.transact([
      target,
      ...routes.map((item) => ({ Put: { TableName: this.table, Item: item } })),
      ...gone.map((type) => this.routeRemoval(seen, type)),
    ]);
  }

  async remove(seen: Subscription): Promise<boolean> {
    return this.transact([
      {
        Delete: {
          TableName: this.table,
          Key: subscriptionItemKey(seen.tenantId, seen.id),
          ConditionExpression: UNCHANGED,
          ExpressionAttributeValues: unchangedValues(seen),
        },
      },
      {
        Update: {
          ...this.accountItem(seen.tenantId),
          UpdateExpression: `SET v = :version ADD ${ACCOUNT_NAMES.subscriptionCount} :less`,
          ExpressionAttributeValues: { ':version': ITEM_VERSION, ':less': { N: '-1' } },
        },
      },
      { Delete: { TableName: this.table, Key: recoveryItemKey(seen.tenantId, seen.id) } },
      ...seen.eventTypes.map((type) => this.routeRemoval(seen, type)),
    ]);
  }

  /**
   * False when the subscription is not as it was seen. A try whose answer was lost is the same transaction to AWS, by
   * the token that the SDK gives it.
   */
  private async transact(actions: TransactWriteItem[]): Promise<boolean> {
    return awsCall('subscriptions table', async () => {
      try {
        await this.sendTransaction(actions);
        return true;
      } catch (error) {
        if (conditionsOf(error)[0]?.Code !== 'ConditionalCheckFailed') throw error;
        return false;
      }
    });
  }

  /**
   * Two transactions that meet on an item, such as a tenant's account, refuse each other: then it is done again a
   * moment later.
   */
  private async sendTransaction(actions: TransactWriteItem[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
        return;
      } catch (error) {
        const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
        if (attempt === TRANSACTION_TRIES || !reasons.some(({ Code: code }) => code === 'TransactionConflict'))
          throw error;
        await this.clock.sleep(TRANSACTION_PAUSE_MS * attempt);
      }
    }
  }

  private routeRemoval({ tenantId, id }: Subscription, type: string): TransactWriteItem {
    return { Delete: { TableName: this.table, Key: { pk: { S: routePartition(tenantId, type) }, sk: { S: id } } } };
  }

  private accountItem(tenantId: TenantId) {
    return { TableName: this.table, Key: accountItemKey(tenantId) };
  }
}

function nameOf({ pk, sk }: Item): string {
  return `${pk!.S} ${sk!.S}`;
}

function subscriptionItem(subscription: Subscription): Item {
  const key = subscriptionItemKey(subscription.tenantId, subscription.id);
  return itemOf(key, subscriptionFields, subscription);
}

const { circuit, suspicion } = subscriptionFields;

/** Attributes of a circuit. */
export const CIRCUIT_ATTRIBUTES = [...attributeNames(circuit), ...attributeNames(suspicion)];

/** Attributes in which the marks of a rate limit stand. */
export const RATE_MARKS = {
  spentUntil: SUBSCRIPTION_NAMES.rateLimit.spentUntil,
  lineUntil: SUBSCRIPTION_NAMES.rateLimit.lineUntil,
} as const;

const UNCHANGED = `${SUBSCRIPTION_NAMES.updatedAt} = :seen_updated AND ${SUBSCRIPTION_NAMES.epoch} = :seen_epoch`;

function unchangedValues({ updatedAt, epoch }: Subscription): Item {
  return { ':seen_updated': numeric(updatedAt), ':seen_epoch': numeric(epoch) };
}

/** Attribute by attribute, so that counts and the circuit, which others change meanwhile, stay as they are. */
function assignmentsOf(change: SubscriptionChange): Assignments {
  const { enabled, secret, updatedAt, ...settings } = change;
  const parts: Assignments[] = [
    assignments(ownerFields, settings),
    assignments(subscriptionFields, { enabled, updatedAt, disabledAt: enabled === false ? updatedAt : undefined }),
  ];
  if (secret !== undefined) parts.push(secretAssignments(subscriptionFields, secret));
  if (enabled === true) {
    const reset = { count: 0, countAtLastSuccess: 0, disabledAt: null, disabledReason: null, disablingPublished: null };
    parts.push(assignments(subscriptionFields, reset));
  }
  // A circuit belongs to its endpoint, and to the epoch in which it opened.
  if (settings.destination !== undefined || enabled === true) {
    parts.push(assignments(subscriptionFields, { circuit: null, suspicion: null }));
  }
  // Nothing waits in the line of a new epoch.
  if (enabled === true && settings.rateLimit === undefined) {
    parts.push({ set: {}, remove: Object.values(RATE_MARKS) });
  }
  return {
    set: Object.assign({}, ...parts.map(({ set }) => set)) as Assignments['set'],
    remove: [...new Set(parts.flatMap(({ remove }) => remove))],
  };
}

/** The secret and what stays of the one before it. Without an overlap, nothing of it stays. */
function secretAssignments(
  fields: Pick<typeof accountFields | typeof subscriptionFields, 'sealedSecret' | 'previousSecret'>,
  { sealed, previous }: RegeneratedSecret,
): Assignments {
  return assignments(fields, { sealedSecret: sealed, previousSecret: previous ?? null });
}

/**
 * Why a transaction was canceled, in the order of its actions; a reason that is not a condition is a refusal of the
 * whole.
 */
function conditionsOf(error: unknown): readonly CancellationReason[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  const reasons = error.CancellationReasons ?? [];
  const other = reasons.find(
    ({ Code: code }) => code !== undefined && code !== 'None' && code !== 'ConditionalCheckFailed',
  );
  if (other !== undefined) throw new PortUnavailable('subscriptions table', error);
  return reasons;
}

function routeItems({ tenantId, id, eventTypes, createdAt }: Subscription): Item[] {
  return eventTypes.map((type) =>
    itemOf({ pk: { S: routePartition(tenantId, type) }, sk: { S: id } }, routeFields, { createdAt }),
  );
}

/** One item that cannot be read must not hold up the others of its batch. */
function readTarget(item: Item): Target | UnreadableItem {
  try {
    const tenantId = text(item, 'pk').slice('T#'.length) as TenantId;
    const id = text(item, 'sk').slice('S#'.length) as SubscriptionId;
    return isUrlTarget(id)
      ? { kind: 'origin', tenantId, id, ...readItem(item, originFields) }
      : { kind: 'subscription', tenantId, id, ...readItem(item, subscriptionFields) };
  } catch (error) {
    if (error instanceof UnreadableItem) return error;
    throw error;
  }
}

/**
 * An account that was left out because it cannot be read would be taken for a tenant without a plan. It is read without
 * its version.
 */
function accountOf(item: Item): Account {
  return readFields(item, accountFields);
}
