import { NotFound, UnreadableItem } from '../shared/errors';
import { reason } from '../shared/reason';
import {
  deliveryId,
  type DeliveryId,
  type EventId,
  LOG_SHARDS,
  type SubscriptionId,
  type SubscriptionKey,
  type TenantId,
  urlTarget,
} from '../shared/identifiers';
import type { AcceptedEvents } from '../events/event-store';
import type { DeliveryKey } from '../delivery/delivery-log';
import type { DeliveryRecord, DeliveryStatus } from '../delivery/delivery-record';

export const HISTORY_LIMIT_MAX = 100;
/**
 * Of items that a page may examine: with a filter that little passes, a page is short, or empty, and says where to go
 * on.
 */
export const EXAMINED_MAX = 500;

export interface HistoryQuery {
  /** 1 to {@link HISTORY_LIMIT_MAX}. */
  readonly limit: number;
  /** Exclusive: where the page before ended. */
  readonly before?: DeliveryId;
  readonly status?: DeliveryStatus;
  readonly eventType?: string;
}

export interface HistoryPage {
  readonly records: readonly DeliveryRecord[];
  /** Where the next page begins; absent: there is none. There may be more than this page shows even if it is empty. */
  readonly before?: DeliveryId;
}

/**
 * A page of what went to one target, newest first. Items past their time are left out, and so are those that cannot be
 * read.
 *
 * @param target a subscription, or the row of a URL's origin
 * @throws PortUnavailable
 */
export async function historyPage(
  target: SubscriptionKey,
  query: HistoryQuery,
  history: DeliveryHistory,
): Promise<HistoryPage> {
  const { status } = query;
  if (status === 'failed' || status === 'cancelled') {
    const { found, ...rest } = await merged(
      query,
      EXAMINED_MAX - query.limit,
      (shard, most, from) => history.newestFailures({ ...target, shard }, most, from),
      (entry) => isAskedFor(entry, query),
    );
    const records = await history.records(found.map(({ deliveryId: id }) => ({ ...target, deliveryId: id })));
    // The index may be a moment behind: what counts is the record.
    return {
      records: readableRecords(records)
        .filter((record) => isAskedFor(record, query))
        .sort(newestFirst),
      ...rest,
    };
  }
  const { found, ...rest } = await merged(
    query,
    EXAMINED_MAX,
    (shard, most, from) => history.newest({ ...target, shard }, most, from),
    ({ record }) => record !== undefined && isAskedFor(record, query),
  );
  return { records: found.map(({ record }) => record!), ...rest };
}

function isAskedFor(
  delivery: Pick<DeliveryRecord, 'status' | 'eventType'>,
  { status, eventType }: HistoryQuery,
): boolean {
  return (
    (status === undefined || delivery.status === status) &&
    (eventType === undefined || delivery.eventType === eventType)
  );
}

/**
 * What is asked of a shard at once: its share of a page and some, as shards are never even; with a filter, its share of
 * all that may be examined.
 */
function chunkOf({ limit, status, eventType }: HistoryQuery, mostExamined: number): number {
  const everyOneFits =
    // the index holds few others
    eventType === undefined && (status === undefined || status === 'failed' || status === 'cancelled');
  return everyOneFits ? Math.ceil((1.2 * limit) / LOG_SHARDS) + 2 : Math.floor(mostExamined / LOG_SHARDS);
}

interface Identified {
  readonly deliveryId: DeliveryId;
}

type ReadShard<T> = (shard: number, limit: number, before: DeliveryId | undefined) => Promise<LogSlice<T>>;

/**
 * The newest of all shards that fit. An entry is taken only while something of every shard that has more is at hand:
 * what comes later is older.
 */
async function merged<T extends Identified>(
  query: HistoryQuery,
  mostExamined: number,
  read: ReadShard<T>,
  fits: (entry: T) => boolean,
): Promise<{ found: T[]; before?: DeliveryId }> {
  const { limit, before } = query;
  const shards = Array.from({ length: LOG_SHARDS }, (_unused, shard) => ({
    shard,
    waiting: [] as T[],
    more: true,
    last: before,
  }));
  const found: T[] = [];
  let left = mostExamined;
  let frontier = before;
  while (found.length < limit) {
    const empty = shards.filter(({ waiting, more }) => waiting.length === 0 && more);
    if (empty.length > 0) {
      const each = Math.min(chunkOf(query, mostExamined), Math.floor(left / empty.length));
      if (each === 0) return { found, before: frontier };
      await Promise.all(
        empty.map(async (shard) => {
          const { entries, more } = await read(shard.shard, each, shard.last);
          left -= entries.length;
          Object.assign(shard, { waiting: [...entries], more, last: entries.at(-1)?.deliveryId ?? shard.last });
        }),
      );
    }
    const [newest] = shards
      .filter(({ waiting }) => waiting.length > 0)
      .sort((one, other) => newestFirst(one.waiting[0]!, other.waiting[0]!));
    if (newest === undefined) return { found };
    const entry = newest.waiting.shift()!;
    frontier = entry.deliveryId;
    if (fits(entry)) found.push(entry);
  }
  const over = shards.every(({ waiting, more }) => waiting.length === 0 && !more);
  return { found, ...(!over && { before: frontier! }) };
}

/**
 * The deliveries of one event and their replays, newest first: its ids follow from the stored event, so nothing is
 * searched.
 *
 * @param subscriptionIds the tenant's subscriptions; those without a delivery of it are left out. An event that names
 *   its own URL has one delivery, whatever they are
 * @throws NotFound for an event that is not known, or kept no longer
 * @throws PortUnavailable, UnreadableItem
 */
export async function deliveriesOfEvent(
  {
    tenantId,
    eventId,
    subscriptionIds,
  }: { readonly tenantId: TenantId; readonly eventId: EventId; readonly subscriptionIds: readonly SubscriptionId[] },
  { events, history }: { readonly events: AcceptedEvents; readonly history: DeliveryHistory },
): Promise<readonly DeliveryRecord[]> {
  const event = await events.event(tenantId, eventId);
  if (event === undefined) throw new NotFound(reason('event-not-found'));
  const keyOf = (subscriptionId: SubscriptionId, target: string): DeliveryKey => ({
    tenantId,
    subscriptionId,
    deliveryId: deliveryId({ time: event.arrivedAt, tenantId, eventId, target }),
  });
  const keys =
    event.webhookUrl !== undefined
      ? [keyOf(urlTarget(event.webhookUrl), event.webhookUrl)]
      : subscriptionIds.map((id) => keyOf(id, id));
  const originals = readableRecords(await history.records(keys));
  const replays = readableRecords(
    await history.records(
      originals.flatMap(({ subscriptionId, replays: ids = [] }) =>
        ids.map((id) => ({ tenantId, subscriptionId, deliveryId: id })),
      ),
    ),
  );
  return [...originals, ...replays].sort(newestFirst);
}

function newestFirst(one: Identified, other: Identified): number {
  return one.deliveryId > other.deliveryId ? -1 : 1;
}

function readableRecords(records: ReadonlyMap<DeliveryId, DeliveryRecord | UnreadableItem>): DeliveryRecord[] {
  return [...records.values()].filter((record): record is DeliveryRecord => !(record instanceof UnreadableItem));
}

/** One of the {@link LOG_SHARDS} partitions that a target's deliveries lie in (rule 10). */
export interface LogShard extends SubscriptionKey {
  readonly shard: number;
}

/** Items of one shard, in order. */
export interface LogSlice<T> {
  readonly entries: readonly T[];
  /** Whether there may be more after the last entry; where there are no entries, there are not. */
  readonly more: boolean;
}

/** An item that was examined. */
export interface LogEntry {
  readonly deliveryId: DeliveryId;
  /** Absent: past its time, or it cannot be read. */
  readonly record?: DeliveryRecord;
}

/** What the index of failed and cancelled deliveries says of one; it may be a moment behind the log. */
export interface FailureEntry {
  readonly deliveryId: DeliveryId;
  readonly status: DeliveryStatus;
  readonly eventType: string;
  /** Of a replay: its original. */
  readonly replayOf?: DeliveryId;
}

export interface FailureRange {
  /** Epoch milliseconds, both inclusive. */
  readonly since: number;
  readonly until: number;
  /** Exclusive: where the last slice ended. */
  readonly after?: DeliveryId;
}

/** The delivery log as people read it, and as a recovery goes through it. */
export interface DeliveryHistory {
  /**
   * Of one shard, newest first, read strongly.
   *
   * @param before exclusive
   * @throws PortUnavailable
   */
  newest(shard: LogShard, limit: number, before?: DeliveryId): Promise<LogSlice<LogEntry>>;
  /**
   * Failed and cancelled ones of one shard, newest first, by the index.
   *
   * @param before exclusive
   * @throws PortUnavailable
   */
  newestFailures(shard: LogShard, limit: number, before?: DeliveryId): Promise<LogSlice<FailureEntry>>;
  /**
   * Failed and cancelled ones of one shard whose ids' times lie in a range, oldest first, by the index.
   *
   * @throws PortUnavailable
   */
  failuresBetween(shard: LogShard, range: FailureRange, limit: number): Promise<LogSlice<FailureEntry>>;
  /**
   * Those that are there and within their time, read strongly; of one that cannot be read, its error.
   *
   * @throws PortUnavailable
   */
  records(keys: readonly DeliveryKey[]): Promise<ReadonlyMap<DeliveryId, DeliveryRecord | UnreadableItem>>;
}
