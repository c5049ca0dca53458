import { randomBytes } from 'node:crypto';
import {
  type DeliveryId,
  deliveryId,
  type EventId,
  logShard,
  LOG_SHARDS,
  type SubscriptionId,
  type TenantId,
  timeOf,
} from '../../lambda/core/shared/identifiers';
import { TENANT } from '../builders/subscription';
import { ManualClock } from '../fakes/time-and-random';
import { AT, retrying, settled, untried } from './delivery-records';
import type {
  DeliveryHistory,
  FailureEntry,
  LogEntry,
  LogShard,
  LogSlice,
} from '../../lambda/core/history/delivery-history';
import type { DeliveryLog } from '../../lambda/core/delivery/delivery-log';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

type Status = DeliveryRecord['status'];
const STATUSES: readonly Status[] = ['delivered', 'failed', 'pending', 'cancelled'];

/** What every history does of what its log holds, the fake and the real one alike. */
export function deliveryHistoryContract(
  create: (clock: ManualClock) => { readonly history: DeliveryHistory; readonly deliveries: DeliveryLog },
): void {
  const clock = new ManualClock(Date.now());
  let history: DeliveryHistory;
  let deliveries: DeliveryLog;
  beforeAll(() => {
    ({ history, deliveries } = create(clock));
  });
  const newTarget = () => ({
    tenantId: TENANT,
    subscriptionId: `subscription-${randomBytes(6).toString('hex')}` as SubscriptionId,
  });
  const put = async (
    target: { tenantId: TenantId; subscriptionId: SubscriptionId },
    time: number,
    status: Status,
    changes: Partial<DeliveryRecord> = {},
  ): Promise<DeliveryRecord> => {
    const eventId = `evt_${randomBytes(6).toString('hex')}` as EventId;
    const start = untried({
      ...target,
      eventId,
      deliveryId: deliveryId({ time, tenantId: target.tenantId, eventId, target: target.subscriptionId }),
      ...changes,
    });
    const record = status === 'pending' ? retrying(start, 1) : settled(start, status);
    await deliveries.settle(record, 1);
    return record;
  };
  /** One a second, of all statuses in turn. */
  const several = async (number: number, changes: (index: number) => Partial<DeliveryRecord> = () => ({})) => {
    const target = newTarget();
    const records: DeliveryRecord[] = [];
    for (let index = 0; index < number; index += 1)
      records.push(await put(target, AT + index * 1000, STATUSES[index % STATUSES.length]!, changes(index)));
    const ofShard = (shard: number) => records.filter(({ deliveryId: id }) => logShard(id) === shard);
    return { target, records, ofShard };
  };
  const shards = (target: { tenantId: TenantId; subscriptionId: SubscriptionId }): LogShard[] =>
    Array.from({ length: LOG_SHARDS }, (_unused, shard) => ({ ...target, shard }));
  /** Slice by slice to the end. */
  const all = async <T extends LogEntry | FailureEntry>(
    read: (last: DeliveryId | undefined) => Promise<LogSlice<T>>,
    limit: number,
  ): Promise<T[]> => {
    const found: T[] = [];
    for (;;) {
      const { entries, more } = await read(found.at(-1)?.deliveryId);
      expect(entries.length).toBeLessThanOrEqual(limit);
      found.push(...entries);
      if (!more) return found;
      expect(entries.length).toBeGreaterThan(0);
    }
  };
  const isFailure = ({ status }: DeliveryRecord) => status === 'failed' || status === 'cancelled';
  const failureOf = ({ deliveryId: id, status, eventType, replayOf }: DeliveryRecord): FailureEntry => ({
    deliveryId: id,
    status,
    eventType,
    ...(replayOf !== undefined && { replayOf }),
  });

  test.each([1, 3, 100])('a shard is read newest first, %i at a time', async (limit) => {
    const { target, ofShard } = await several(24);
    for (const shard of shards(target)) {
      const entries = await all((before) => history.newest(shard, limit, before), limit);
      expect(entries).toEqual(
        ofShard(shard.shard)
          .reverse()
          .map((record) => ({ deliveryId: record.deliveryId, record })),
      );
    }
  });

  test.each([1, 3, 100])(
    'failed and cancelled deliveries of a shard are found newest first, %i at a time, and no others',
    async (limit) => {
      const { target, ofShard } = await several(24, (index) => ({
        eventType: `type-${index % 3}`,
        ...(index % 6 === 1 && { replayId: 'r', replayOf: 'original' as DeliveryId }),
      }));
      for (const shard of shards(target)) {
        const entries = await all((before) => history.newestFailures(shard, limit, before), limit);
        expect(entries).toEqual(ofShard(shard.shard).filter(isFailure).reverse().map(failureOf));
      }
    },
  );

  test.each([1, 3, 100])(
    'failed and cancelled deliveries of a time are found oldest first, %i at a time, both ends included',
    async (limit) => {
      const { target, ofShard, records } = await several(40);
      const [since, until] = [timeOf(records[5]!.deliveryId), timeOf(records[31]!.deliveryId)];
      const wanted = records.slice(5, 32).filter(isFailure);
      expect(wanted[0]).toBe(records[5]);
      expect(wanted.at(-1)).toBe(records[31]);
      for (const shard of shards(target)) {
        const entries = await all(
          (after) => history.failuresBetween(shard, { since, until, ...(after !== undefined && { after }) }, limit),
          limit,
        );
        expect(entries).toEqual(
          ofShard(shard.shard)
            .filter((record) => wanted.includes(record))
            .map(failureOf),
        );
      }
    },
  );

  test('a delivery is found as failed only while it is', async () => {
    const target = newTarget();
    const first = await put(target, AT, 'pending');
    const shard = { ...target, shard: logShard(first.deliveryId) };
    const found = async () => (await history.newestFailures(shard, 10)).entries.map(({ status }) => status);
    expect(await found()).toEqual([]);
    await deliveries.settle(settled(first, 'failed', { attempts: 2 }), 2);
    expect(await found()).toEqual(['failed']);
    // a copy of the first attempt, by SQS, that came through
    await deliveries.putDelivered([settled(first, 'delivered')]);
    expect(await found()).toEqual([]);
  });

  test('records are read by their keys; absent ones and those of another tenant are left out', async () => {
    const { target, records } = await several(130);
    const theirs = await put({ ...target, tenantId: 'org_123/other' as TenantId }, AT, 'failed');
    const keys = [...records, records[0]!, untried(target), { ...theirs, tenantId: TENANT }];
    const found = await history.records(keys);
    expect([...found.keys()].sort()).toEqual(records.map(({ deliveryId: id }) => id).sort());
    for (const record of records) expect(found.get(record.deliveryId)).toEqual(record);
    expect(await history.records([])).toEqual(new Map());
  });

  test('what is past its time is examined and not shown, though it is still stored', async () => {
    const target = newTarget();
    const now = Math.floor(clock.now() / 1000);
    const [old, current] = [
      await put(target, AT, 'failed', { expiresAt: now }),
      await put(target, AT + 1, 'failed', { expiresAt: now + 60 }),
    ];
    const entries = (await Promise.all(shards(target).map((shard) => history.newest(shard, 10)))).flatMap(
      (slice) => slice.entries,
    );
    expect(entries.find(({ deliveryId: id }) => id === old.deliveryId)).toEqual({ deliveryId: old.deliveryId });
    expect(entries.find(({ deliveryId: id }) => id === current.deliveryId)).toEqual({
      deliveryId: current.deliveryId,
      record: current,
    });
    expect([...(await history.records([old, current])).keys()]).toEqual([current.deliveryId]);
  });

  test("another tenant's deliveries are of other shards, though the subscription is named the same", async () => {
    const { target } = await several(4);
    const theirs = { ...target, tenantId: 'org_123/other' as TenantId };
    for (const shard of shards(theirs)) {
      expect(await history.newest(shard, 10)).toEqual({ entries: [], more: false });
      expect(await history.newestFailures(shard, 10)).toEqual({ entries: [], more: false });
      expect(await history.failuresBetween(shard, { since: 0, until: AT + 86_400_000 }, 10)).toEqual({
        entries: [],
        more: false,
      });
    }
  });
}
