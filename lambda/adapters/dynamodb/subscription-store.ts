/**
 * Subscriptions and their routes, and what stands for a subscription when an event names its own URL.
 *
 * Subscription: pk `T#tenant`, sk `S#id`, v, url, events, description, enabled, epoch, count, forgiven, secret
 * (sealed), previous (sealed) and previous_until (ms), header_names, headers (sealed), user, created and updated (ms);
 * when it was disabled: disabled_at (ms); and when that was for its failures: disabled_reason, announced; while its
 * circuit is open: circuit_opened, circuit_probe (ms), and before that circuit_suspected (ms), circuit_failures; with a
 * rate limit: rate_limit (attempts a second), rate_spent, rate_line (microseconds). URL's origin: pk `T#tenant`, sk
 * `S#url:hash`, v, circuit_opened, circuit_probe, circuit_suspected, circuit_failures. Account: pk `T#tenant`, sk `A#`,
 * v; secret (sealed), previous (sealed) and previous_until (ms), plan, subs (how many subscriptions there are). Route:
 * pk `R#tenant#type`, sk the subscription's id, v, created (ms); written and removed in the subscription's own
 * transaction (rule 2).
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
import type { Circuit, Suspicion } from '../../core/endpoint/circuit';
import { PortUnavailable, UnreadableItem } from '../../core/shared/errors';
import { isUrlTarget, type SubscriptionId, type SubscriptionKey, type TenantId } from '../../core/shared/identifiers';
import type { RateLimit } from '../../core/endpoint/rate-limit';
import { awsCall } from '../aws-errors';
import { BATCH_GET, readBatch } from './batch-read';
import {
  flag,
  integer,
  optionalInteger,
  optionalN,
  optionalS,
  optionalText,
  present,
  reading,
  text,
  texts,
} from './attributes';
import { accountItemKey, type Item, ITEM_VERSION, recoveryItemKey, routePartition, subscriptionItemKey } from './keys';
import type { AccountStore } from '../../core/subscriptions/account-store';
import type { Clock } from '../../core/shared/clock';
import type {
  CreationLimit,
  SubscriptionChange,
  SubscriptionDirectory,
  SubscriptionPage,
} from '../../core/subscriptions/subscription-directory';
import type { RouteReader } from '../../core/events/route-reader';
import type { SubscriptionReader, Targets } from '../../core/subscriptions/subscription-reader';
import type { Account, SubscriptionRoute, Subscription, UrlTarget } from '../../core/subscriptions/subscription';
import type { PreviousSecret, SealedHeaders } from '../../core/signing/secret';

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
        return item === undefined ? undefined : readable(item);
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
            UpdateExpression: 'SET secret = :secret, v = :version',
            ConditionExpression: 'attribute_not_exists(secret)',
            ExpressionAttributeValues: { ':secret': { S: sealed }, ':version': ITEM_VERSION },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return sealed;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item !== undefined)
          return text(error.Item, 'secret');
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
          routes.push({ subscriptionId: text(item, 'sk') as SubscriptionId, createdAt: integer(item, 'created') });
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
    { sealed, previous }: { readonly sealed: string; readonly previous?: PreviousSecret },
  ): Promise<boolean> {
    const { set, remove } = secretAssignments({ sealed, ...(previous !== undefined && { previous }) });
    const { ExpressionAttributeValues: values, ...expression } = expressionOf({
      set: { ...set, v: ITEM_VERSION },
      remove,
    });
    const update = new UpdateItemCommand({
      ...this.accountItem(tenantId),
      ...expression,
      ConditionExpression: seen === undefined ? 'attribute_not_exists(secret)' : 'secret = :seen',
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
        return optionalText(error.Item ?? {}, 'secret') === sealed;
      }
    });
  }

  async setPlan(tenantId: TenantId, plan: string): Promise<void> {
    await awsCall('subscriptions table', () =>
      this.client.send(
        new UpdateItemCommand({
          ...this.accountItem(tenantId),
          ...expressionOf({ set: { plan: { S: plan }, v: ITEM_VERSION }, remove: [] }),
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
        UpdateExpression: 'SET v = :version ADD subs :one',
        ConditionExpression:
          maxSubscriptions === undefined ? planHolds : `${planHolds} AND (attribute_not_exists(subs) OR subs < :most)`,
        ExpressionAttributeNames: { '#plan': 'plan' },
        ExpressionAttributeValues: {
          ':version': ITEM_VERSION,
          ':one': { N: '1' },
          ...(plan !== undefined && { ':plan': { S: plan } }),
          ...(maxSubscriptions !== undefined && { ':most': { N: String(maxSubscriptions) } }),
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
        if (optionalText(reasons[1]?.Item ?? {}, 'secret') === subscription.sealedSecret) return 'created';
        if (reasons[0]?.Code !== 'ConditionalCheckFailed') throw error;
        return optionalText(reasons[0].Item ?? {}, 'plan') === plan ? 'limit' : 'plan-changed';
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
          ...(after !== undefined && { ExclusiveStartKey: subscriptionItemKey(tenantId, after) }),
        }),
      ),
    );
    const subscriptions = items
      .map(readable)
      .filter((found) => !(found instanceof Error) && 'epoch' in found) as Subscription[];
    return {
      subscriptions,
      ...(last !== undefined && { after: text(last, 'sk').slice('S#'.length) as SubscriptionId }),
    };
  }

  async update(seen: Subscription, change: SubscriptionChange): Promise<boolean> {
    const { set, remove } = assignmentsOf(change);
    const expression = expressionOf({ set, remove });
    const target: TransactWriteItem = {
      Update: {
        TableName: this.table,
        Key: subscriptionItemKey(seen.tenantId, seen.id),
        ...expression,
        UpdateExpression:
          change.enabled === true ? `${expression.UpdateExpression} ADD epoch :one` : expression.UpdateExpression,
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
          UpdateExpression: 'SET v = :version ADD subs :less',
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
  return present({
    ...subscriptionItemKey(subscription.tenantId, subscription.id),
    v: ITEM_VERSION,
    url: { S: subscription.url },
    events: { L: subscription.eventTypes.map((type) => ({ S: type })) },
    description: optionalS(subscription.description),
    enabled: { BOOL: subscription.enabled },
    epoch: { N: String(subscription.epoch) },
    count: { N: String(subscription.count) },
    forgiven: { N: String(subscription.countAtLastSuccess) },
    secret: { S: subscription.sealedSecret },
    previous: optionalS(subscription.previousSecret?.sealed),
    previous_until: optionalN(subscription.previousSecret?.until),
    ...(subscription.headers !== undefined && headerAttributes(subscription.headers)),
    rate_limit: optionalN(subscription.rateLimit?.perSecond),
    user: optionalS(subscription.userId),
    disabled_at: optionalN(subscription.disabledAt),
    created: { N: String(subscription.createdAt) },
    updated: { N: String(subscription.updatedAt) },
  });
}

/** Attributes of a circuit. */
export const CIRCUIT = ['circuit_opened', 'circuit_probe', 'circuit_suspected', 'circuit_failures'] as const;

/** Attributes in which the marks of a rate limit stand. */
export const RATE_MARKS = { spentUntil: 'rate_spent', lineUntil: 'rate_line' } as const;

/** What a write changes: attributes that get a value, and those that go. */
interface Assignments {
  readonly set: Item;
  readonly remove: readonly string[];
}

const UNCHANGED = 'updated = :seen_updated AND epoch = :seen_epoch';

function unchangedValues({ updatedAt, epoch }: Subscription): Item {
  return { ':seen_updated': { N: String(updatedAt) }, ':seen_epoch': { N: String(epoch) } };
}

/** Attribute by attribute, so that counts and the circuit, which others change meanwhile, stay as they are. */
function assignmentsOf({
  url,
  eventTypes,
  description,
  enabled,
  headers,
  rateLimit,
  secret,
  updatedAt,
}: SubscriptionChange): Assignments {
  const set: Item = { updated: { N: String(updatedAt) } };
  const remove: string[] = [];
  if (url !== undefined) {
    set.url = { S: url };
    remove.push(...CIRCUIT); // the other endpoint's
  }
  if (eventTypes !== undefined) set.events = { L: eventTypes.map((type) => ({ S: type })) };
  if (typeof description === 'string') set.description = { S: description };
  if (description === null) remove.push('description');
  if (headers !== undefined && headers !== null) Object.assign(set, headerAttributes(headers));
  if (headers === null) remove.push('header_names', 'headers');
  if (rateLimit !== undefined) remove.push(...Object.values(RATE_MARKS));
  if (typeof rateLimit === 'number') set.rate_limit = { N: String(rateLimit) };
  if (rateLimit === null) remove.push('rate_limit');
  if (secret !== undefined) {
    const assignments = secretAssignments(secret);
    Object.assign(set, assignments.set);
    remove.push(...assignments.remove);
  }
  if (enabled !== undefined) set.enabled = { BOOL: enabled };
  if (enabled === false) set.disabled_at = { N: String(updatedAt) };
  if (enabled === true) {
    set.count = { N: '0' };
    set.forgiven = { N: '0' };
    remove.push('disabled_at', 'disabled_reason', 'announced');
    if (url === undefined) remove.push(...CIRCUIT);
    if (rateLimit === undefined) remove.push(...Object.values(RATE_MARKS)); // nobody waits any more
  }
  return { set, remove };
}

function secretAssignments({
  sealed,
  previous,
}: {
  readonly sealed: string;
  readonly previous?: PreviousSecret;
}): Assignments {
  const secret = { S: sealed };
  if (previous === undefined) return { set: { secret }, remove: ['previous', 'previous_until'] };
  return {
    set: { secret, previous: { S: previous.sealed }, previous_until: { N: String(previous.until) } },
    remove: [],
  };
}

function headerAttributes({ names, sealed }: SealedHeaders): Item {
  return { header_names: { L: names.map((name) => ({ S: name })) }, headers: { S: sealed } };
}

function expressionOf({ set, remove }: Assignments) {
  const names = [...Object.keys(set), ...remove];
  const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
  const removed = remove.map((name) => `#${name}`);
  return {
    UpdateExpression: `SET ${sets.join(', ')}${remove.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
  };
}

/**
 * Why a transaction was cancelled, in the order of its actions; a reason that is not a condition is a refusal of the
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
  return eventTypes.map((type) => ({
    pk: { S: routePartition(tenantId, type) },
    sk: { S: id },
    v: ITEM_VERSION,
    created: { N: String(createdAt) },
  }));
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

/**
 * One that was left out because it cannot be read would be taken for a tenant without a plan: it is read without its
 * version.
 */
function accountOf(item: Item): Account {
  const sealedSecret = optionalText(item, 'secret');
  const plan = optionalText(item, 'plan');
  return {
    ...(sealedSecret !== undefined && { sealedSecret }),
    ...previousOf(item),
    ...(plan !== undefined && { plan }),
  };
}

function previousOf(item: Item): { previousSecret?: PreviousSecret } {
  const sealed = optionalText(item, 'previous');
  return sealed === undefined ? {} : { previousSecret: { sealed, until: integer(item, 'previous_until') } };
}

export function circuitOf(item: Item): { circuit?: Circuit; suspicion?: Suspicion } {
  const openedAt = optionalInteger(item, 'circuit_opened');
  const since = optionalInteger(item, 'circuit_suspected');
  return {
    ...(openedAt !== undefined && { circuit: { openedAt, probeAt: integer(item, 'circuit_probe') } }),
    ...(since !== undefined && { suspicion: { failures: integer(item, 'circuit_failures'), since } }),
  };
}

export function rateLimitOf(item: Item): { rateLimit?: RateLimit } {
  const perSecond = optionalInteger(item, 'rate_limit');
  if (perSecond === undefined) return {};
  const [spentUntil, lineUntil] = [
    optionalInteger(item, RATE_MARKS.spentUntil),
    optionalInteger(item, RATE_MARKS.lineUntil),
  ];
  return {
    rateLimit: {
      perSecond,
      ...(spentUntil !== undefined && { spentUntil }),
      ...(lineUntil !== undefined && { lineUntil }),
    },
  };
}

function subscriptionOf(item: Item): Omit<Subscription, 'tenantId' | 'id' | 'circuit' | 'suspicion'> {
  const description = optionalText(item, 'description');
  const disabledReason = optionalText(item, 'disabled_reason');
  const disabledAt = optionalInteger(item, 'disabled_at');
  const userId = optionalText(item, 'user');
  return {
    url: text(item, 'url'),
    eventTypes: texts(item, 'events'),
    ...(description !== undefined && { description }),
    enabled: flag(item, 'enabled'),
    epoch: integer(item, 'epoch'),
    count: integer(item, 'count'),
    countAtLastSuccess: integer(item, 'forgiven'),
    ...(disabledReason !== undefined && { disabledReason }),
    ...(disabledAt !== undefined && { disabledAt }),
    ...(item.announced !== undefined && { disablingPublished: flag(item, 'announced') }),
    sealedSecret: text(item, 'secret'),
    ...previousOf(item),
    ...(item.headers !== undefined && {
      headers: { names: texts(item, 'header_names'), sealed: text(item, 'headers') },
    }),
    ...rateLimitOf(item),
    ...(userId !== undefined && { userId }),
    createdAt: integer(item, 'created'),
    updatedAt: integer(item, 'updated'),
  };
}
