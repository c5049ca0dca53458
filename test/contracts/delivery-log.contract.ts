import { randomBytes } from 'node:crypto';
import type { DeliveryRecord } from '../../lambda/core/delivery';
import { type ChainId, deliveryId, type EventId, type SubscriptionId } from '../../lambda/core/identifiers';
import type { DeliveryLog } from '../../lambda/core/ports';
import { TENANT } from '../builders/subscription';

const AT = Date.parse('2026-03-19T10:21:44Z');
const SUBSCRIPTION = '019d05b9-8e40-7000-8000-000000000001' as SubscriptionId;

/** What every delivery log does, the fake and the real one alike. */
export function deliveryLogContract(create: () => DeliveryLog): void {
  let log: DeliveryLog;
  beforeAll(() => {
    log = create();
  });
  const pending = (changes: Partial<DeliveryRecord> = {}): DeliveryRecord => {
    const eventId = `evt_${randomBytes(8).toString('hex')}` as EventId;
    return {
      tenantId: TENANT,
      subscriptionId: SUBSCRIPTION,
      deliveryId: deliveryId({ time: AT, tenantId: TENANT, eventId, target: SUBSCRIPTION }),
      eventId,
      eventType: 'job.completed',
      url: 'https://hooks.example.com/leapocr',
      status: 'pending',
      attempts: 0,
      chain: 'c1' as ChainId,
      history: [],
      expiresAt: Math.floor(Date.now() / 1000) + 86_400,
      ...changes,
    };
  };
  const settled = (from: DeliveryRecord, status: 'delivered' | 'failed' | 'cancelled', changes: Partial<DeliveryRecord> = {}): DeliveryRecord => {
    const { chain: _chain, ...rest } = from;
    return { ...rest, status, attempts: 1, settledAt: AT + 100, history: [{ at: AT, latencyMs: 12, status: status === 'delivered' ? 200 : 500, answer: 'ok' }], ...changes };
  };

  test('a record is taken once, by its chain', async () => {
    const record = pending();
    expect(await log.read(record)).toBeUndefined();
    expect(await log.take(record)).toBe(true);
    expect(await log.take({ ...record, chain: 'c2' as ChainId })).toBe(false);
    expect(await log.take(record)).toBe(true); // again after an answer that was lost
    expect(await log.read(record)).toEqual(record);
  });

  test('a taken record is settled once, and keeps its end', async () => {
    const record = pending();
    await log.take(record);
    const delivered = settled(record, 'delivered');
    expect(await log.settle(delivered, 1)).toMatchObject({ written: true });
    expect(await log.settle(settled(record, 'failed', { settledAt: AT + 200 }), 1)).toMatchObject({ written: false });
    expect(await log.settle(delivered, 1)).toMatchObject({ written: true }); // again after an answer that was lost
    expect(await log.read(record)).toEqual(delivered);
  });

  test('a record that was never taken is settled, too', async () => {
    const failed = settled(pending(), 'failed', { reason: 'the endpoint answered 500' });
    expect(await log.settle(failed, 1)).toMatchObject({ written: true });
    expect(await log.read(failed)).toEqual(failed);
    expect(await log.take(pending({ deliveryId: failed.deliveryId }))).toBe(false);
  });

  test('a failure does not go over a pending record that is as far, a success does', async () => {
    const record = pending({ attempts: 1 });
    await log.take(record);
    expect(await log.settle(settled(record, 'failed'), 1)).toMatchObject({ written: false });
    expect(await log.settle(settled(record, 'failed', { attempts: 2 }), 2)).toMatchObject({ written: true });
    const other = pending({ attempts: 1 });
    await log.take(other);
    expect(await log.settle(settled(other, 'delivered'), 1)).toMatchObject({ written: true });
  });

  test('history is added to, never replaced', async () => {
    const record = pending({ attempts: 1, history: [{ at: AT - 10_000, latencyMs: 9_999, error: 'the connection was refused' }] });
    await log.take(record);
    await log.settle(settled(record, 'delivered', { attempts: 2 }), 2);
    expect((await log.read(record))!.history).toEqual([
      { at: AT - 10_000, latencyMs: 9_999, error: 'the connection was refused' },
      { at: AT, latencyMs: 12, status: 200, answer: 'ok' },
    ]);
  });

  test('a group of successes is written at once', async () => {
    const records = Array.from({ length: 25 }, () => settled(pending(), 'delivered'));
    expect(await log.putDelivered(records)).toEqual([]);
    for (const record of [records[0]!, records[24]!]) expect(await log.read(record)).toEqual(record);
  });

  test("another tenant's key does not name it", async () => {
    const record = pending();
    await log.take(record);
    expect(await log.read({ ...record, tenantId: 'org_123/other' as typeof TENANT })).toBeUndefined();
  });
}
