import { UnreadableItem } from '../../lambda/core/shared/errors';
import { type DeliveryId, idsOf, logShard } from '../../lambda/core/shared/identifiers';
import type { InMemoryDeliveryLog } from './delivery-log';
import { Faults } from './faults';
import type { Clock } from '../../lambda/core/shared/clock';
import type {
  DeliveryHistory,
  FailureEntry,
  FailureRange,
  LogEntry,
  LogShard,
  LogSlice,
} from '../../lambda/core/history/delivery-history';
import type { DeliveryKey } from '../../lambda/core/delivery/delivery-log';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

/** What a log holds, as it is read. */
export class InMemoryDeliveryHistory implements DeliveryHistory {
  readonly faults = new Faults();
  /** Items that the reads of shards so far examined. */
  examined = 0;
  /** What the index says of deliveries about which it is behind the log; undefined: nothing yet. */
  readonly indexed = new Map<DeliveryId, DeliveryRecord | undefined>();
  /** Items of a format to come. */
  readonly unreadable = new Set<DeliveryId>();

  constructor(
    private readonly log: InMemoryDeliveryLog,
    private readonly clock: Clock,
  ) {}

  newest(shard: LogShard, limit: number, before?: DeliveryId): Promise<LogSlice<LogEntry>> {
    return this.call(() => {
      const records = this.ofShard(shard, this.log.records).filter(isBefore(before)).reverse();
      return this.slice(records, limit, (record) => ({
        deliveryId: record.deliveryId,
        ...(this.current(record) === record && { record }),
      }));
    });
  }

  newestFailures(shard: LogShard, limit: number, before?: DeliveryId): Promise<LogSlice<FailureEntry>> {
    return this.call(() => this.slice(this.failures(shard).filter(isBefore(before)).reverse(), limit, failureOf));
  }

  failuresBetween(
    shard: LogShard,
    { since, until, after }: FailureRange,
    limit: number,
  ): Promise<LogSlice<FailureEntry>> {
    const [{ first }, { last }] = [idsOf(since), idsOf(until)];
    return this.call(() => {
      const within = this.failures(shard).filter(
        ({ deliveryId }) => deliveryId >= first && deliveryId <= last && (after === undefined || deliveryId > after),
      );
      return this.slice(within, limit, failureOf);
    });
  }

  records(keys: readonly DeliveryKey[]): Promise<ReadonlyMap<DeliveryId, DeliveryRecord | UnreadableItem>> {
    return this.call(() => {
      const found = new Map<DeliveryId, DeliveryRecord | UnreadableItem>();
      for (const key of keys) {
        const record = this.log.stored(key);
        const current = record === undefined ? undefined : this.current(record);
        if (current !== undefined) found.set(key.deliveryId, current);
      }
      return found;
    });
  }

  private current(record: DeliveryRecord): DeliveryRecord | UnreadableItem | undefined {
    if (record.expiresAt <= Math.floor(this.clock.now() / 1000)) return undefined;
    return this.unreadable.has(record.deliveryId) ? new UnreadableItem('an item is of format version 2') : record;
  }

  private failures(shard: LogShard): DeliveryRecord[] {
    const known = this.log.records.filter(({ deliveryId }) => !this.indexed.has(deliveryId));
    const behind = [...this.indexed.values()].filter((record) => record !== undefined);
    return this.ofShard(shard, [...known, ...behind]).filter(
      ({ status }) => status === 'failed' || status === 'cancelled',
    );
  }

  /** Oldest first. */
  private ofShard({ tenantId, subscriptionId, shard }: LogShard, records: readonly DeliveryRecord[]): DeliveryRecord[] {
    return records
      .filter(
        (record) =>
          record.tenantId === tenantId &&
          record.subscriptionId === subscriptionId &&
          logShard(record.deliveryId) === shard,
      )
      .sort((one, other) => (one.deliveryId < other.deliveryId ? -1 : 1));
  }

  private slice<T>(
    records: readonly DeliveryRecord[],
    limit: number,
    read: (record: DeliveryRecord) => T,
  ): LogSlice<T> {
    const entries = records.slice(0, limit).map(read);
    this.examined += entries.length;
    return { entries, more: entries.length > 0 && entries.length === limit };
  }

  private call<T>(work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      this.faults.check();
      return work();
    });
  }
}

function isBefore(before: DeliveryId | undefined) {
  return ({ deliveryId }: DeliveryRecord): boolean => before === undefined || deliveryId < before;
}

function failureOf({ deliveryId, status, eventType, replayOf }: DeliveryRecord): FailureEntry {
  return { deliveryId, status, eventType, ...(replayOf !== undefined && { replayOf }) };
}
