import { reason } from '../../lambda/core/shared/reason';
import { randomBytes } from 'node:crypto';
import { PortUnavailable } from '../../lambda/core/shared/errors';
import type { SubscriptionKey, TenantId } from '../../lambda/core/shared/identifiers';
import { subscription } from '../builders/subscription';
import { AT, chain, retrying, settled, untried } from './delivery-records';
import { COUNT_GROUP, type Counted, type FailureCounter } from '../../lambda/core/delivery/failure-counter';
import type { DeliveryLog } from '../../lambda/core/delivery/delivery-log';
import type { SubscriptionReader } from '../../lambda/core/subscriptions/subscription-reader';
import type { SubscriptionWriter } from '../../lambda/core/subscriptions/subscription-directory';
import type { Subscription } from '../../lambda/core/subscriptions/subscription';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

export interface CounterTables {
  readonly failures: FailureCounter;
  readonly subscriptions: SubscriptionReader & SubscriptionWriter;
  readonly deliveries: DeliveryLog;
}

/** What every counter of failures does, the fake and the real one alike. */
export function failureCounterContract(create: () => CounterTables): void {
  let tables: CounterTables;
  beforeAll(() => {
    tables = create();
  });
  const stand = async (changes: Partial<Subscription> = {}): Promise<Subscription> => {
    const one = subscription({ tenantId: `org_${randomBytes(6).toString('hex')}/team` as TenantId, ...changes });
    await tables.subscriptions.create(one);
    return one;
  };
  const keyOf = ({ tenantId, id }: Subscription): SubscriptionKey => ({ tenantId, subscriptionId: id });
  const failuresOf = (one: Subscription, number: number) =>
    Array.from({ length: number }, () => ({
      record: settled(untried(keyOf(one)), 'failed', {
        epoch: one.epoch,
        reason: reason('endpoint-responded', { status: 500 }),
      }),
      attempt: 1,
    }));
  const read = async (one: Subscription) => (await tables.subscriptions.read([keyOf(one)])).subscriptions[0];
  const stored = (failures: readonly { readonly record: DeliveryRecord }[]) =>
    Promise.all(failures.map(({ record }) => tables.deliveries.read(record)));
  const nothingWritten = async (one: Subscription, failures: readonly { readonly record: DeliveryRecord }[]) => {
    expect(await read(one)).toEqual(one);
    expect(await stored(failures)).toEqual(failures.map(() => undefined));
  };
  const gone = (): Subscription => subscription({ tenantId: `org_${randomBytes(6).toString('hex')}/team` as TenantId });

  describe('counting', () => {
    test.each([1, 2, COUNT_GROUP])('writes %i records and their count', async (number) => {
      const one = await stand({ count: 3, countAtLastSuccess: 1 });
      const failures = failuresOf(one, number);
      expect(await tables.failures.count(keyOf(one), 1, failures)).toEqual({ counted: true });
      expect(await read(one)).toEqual({ ...one, count: 3 + number });
      expect(await stored(failures)).toEqual(failures.map(({ record }) => record));
    });

    test('writes over pending records as settling does', async () => {
      const one = await stand();
      const before = retrying(untried(keyOf(one)), 1, { unsentBy: chain('c1') });
      await tables.deliveries.settle(before, 1);
      const record = settled(before, 'failed', { attempts: 2, epoch: 1 });
      expect(await tables.failures.count(keyOf(one), 1, [{ record, attempt: 2 }])).toEqual({ counted: true });
      expect(await tables.deliveries.read(record)).toEqual({
        ...record,
        history: [...before.history, ...record.history],
      });
    });

    test.each([
      ['was enabled again since', { epoch: 2 }, 1],
      ['is of an epoch that this one has not come to', { epoch: 1 }, 2],
      ['is disabled', { enabled: false }, 1],
    ])('counts nothing of a subscription that %s', async (_what, changes, epoch) => {
      const one = await stand(changes);
      const failures = failuresOf(one, 2);
      expect(await tables.failures.count(keyOf(one), epoch, failures)).toEqual({
        counted: false,
        refused: new Map(),
        outdated: true,
      });
      await nothingWritten(one, failures);
    });

    test('counts nothing of a subscription that is gone, and does not bring it back', async () => {
      const one = gone();
      const failures = failuresOf(one, 2);
      expect(await tables.failures.count(keyOf(one), 1, failures)).toEqual({
        counted: false,
        refused: new Map(),
        outdated: true,
      });
      expect(await read(one)).toBeUndefined();
      expect(await stored(failures)).toEqual([undefined, undefined]);
    });

    test('writes nothing when one record stands otherwise, and says which and how', async () => {
      const one = await stand();
      const failures = failuresOf(one, 3);
      const delivered = settled(failures[1]!.record, 'delivered');
      await tables.deliveries.settle(delivered, 1);
      expect(await tables.failures.count(keyOf(one), 1, failures)).toEqual({
        counted: false,
        refused: new Map([[1, delivered]]),
        outdated: false,
      });
      expect(await read(one)).toEqual(one);
      expect(await stored(failures)).toEqual([undefined, delivered, undefined]);
    });

    test('a record that is as far is refused, and one that was counted before, too', async () => {
      const one = await stand();
      const failures = failuresOf(one, 3);
      const asFar = retrying(untried(keyOf(one)), 1);
      await tables.deliveries.settle(asFar, 1);
      await tables.failures.count(keyOf(one), 1, [failures[0]!]);
      const again = [failures[0]!, { record: settled(asFar, 'failed', { epoch: 1 }), attempt: 1 }, failures[2]!];
      expect(await tables.failures.count(keyOf(one), 1, again)).toEqual({
        counted: false,
        refused: new Map([
          [0, failures[0]!.record],
          [1, asFar],
        ]),
        outdated: false,
      });
      expect(await read(one)).toEqual({ ...one, count: 1 });
    });

    test('an outdated epoch and a refused record are both told', async () => {
      const one = await stand({ enabled: false });
      const failures = failuresOf(one, 2);
      await tables.deliveries.settle(failures[0]!.record, 1);
      expect(await tables.failures.count(keyOf(one), 1, failures)).toEqual({
        counted: false,
        refused: new Map([[0, failures[0]!.record]]),
        outdated: true,
      });
      expect(await read(one)).toEqual(one);
      expect(await stored(failures)).toEqual([failures[0]!.record, undefined]);
    });

    /** As the core does: a refusal of the whole, for lack of capacity or because two met, is tried again. */
    const countOnceTaken = async (one: Subscription, failures: ReturnType<typeof failuresOf>): Promise<Counted> => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await tables.failures.count(keyOf(one), 1, failures);
        } catch (error) {
          if (!(error instanceof PortUnavailable) || tries === 100) throw error;
        }
      }
    };

    test('at the same time loses no count, and writes no record without its count', async () => {
      const one = await stand();
      const groups = Array.from({ length: 12 }, (_unused, index) => failuresOf(one, 1 + (index % 3)));
      const counted = await Promise.all(groups.map((group) => countOnceTaken(one, group)));
      expect(counted).toEqual(groups.map(() => ({ counted: true })));
      expect(await read(one)).toEqual({ ...one, count: 24 });
      for (const group of groups) expect(await stored(group)).toEqual(group.map(({ record }) => record));
    });

    test('the same records at the same time counts them once', async () => {
      const one = await stand();
      const failures = failuresOf(one, 2);
      const counted = await Promise.all(Array.from({ length: 6 }, () => countOnceTaken(one, failures)));
      expect(counted.filter((each) => each.counted)).toHaveLength(1);
      expect(await read(one)).toEqual({ ...one, count: 2 });
    });
  });

  describe('a success', () => {
    test('forgives what was counted, and counting goes on from there', async () => {
      const one = await stand();
      await tables.failures.count(keyOf(one), 1, failuresOf(one, 2));
      await tables.failures.resetStreak(keyOf(one), 1);
      await tables.failures.resetStreak(keyOf(one), 1);
      expect(await read(one)).toEqual({ ...one, count: 2, countAtLastSuccess: 2 });
      await tables.failures.count(keyOf(one), 1, failuresOf(one, 1));
      expect(await read(one)).toEqual({ ...one, count: 3, countAtLastSuccess: 2 });
    });

    test('of another epoch forgives nothing', async () => {
      const one = await stand({ epoch: 2, count: 3 });
      await tables.failures.resetStreak(keyOf(one), 1);
      expect(await read(one)).toEqual(one);
    });

    test('does not bring back a subscription that is gone', async () => {
      const one = gone();
      await tables.failures.resetStreak(keyOf(one), 1);
      expect(await read(one)).toBeUndefined();
    });
  });

  describe('disabling', () => {
    const seen = { epoch: 2, count: 7, countAtLastSuccess: 2 };

    test('says why and when', async () => {
      const one = await stand(seen);
      expect(await tables.failures.disable(one, reason('webhook-disabled'), AT)).toBe(true);
      expect(await read(one)).toEqual({
        ...one,
        enabled: false,
        disabledReason: reason('webhook-disabled'),
        disabledAt: AT,
        updatedAt: AT,
      });
    });

    test.each([
      ['another failure was counted', { count: 8 }],
      ['fewer failures were counted', { count: 6 }],
      ['a success forgave', { countAtLastSuccess: 7 }],
      ['less was forgiven', { countAtLastSuccess: 1 }],
      ['it was enabled again', { epoch: 3 }],
      ['it was of an epoch before', { epoch: 1 }],
    ])('is refused when %s since it was seen', async (_what, changes) => {
      const one = await stand({ ...seen, ...changes });
      expect(await tables.failures.disable({ ...one, ...seen }, reason('endpoint-gone'), AT)).toBe(false);
      expect(await read(one)).toEqual(one);
    });

    test.each([
      ['another failure was counted', 'done', { count: 8 }],
      ['a success forgave', 'done', { countAtLastSuccess: 7 }],
      ['it was enabled again', 'refused', { epoch: 3 }],
      ['it was disabled', 'refused', { enabled: false }],
    ])('whatever was counted: when %s since it was seen, it is %s', async (_what, becomes, changes) => {
      const disabled = becomes === 'done';
      const one = await stand({ ...seen, ...changes });
      expect(
        await tables.failures.disable({ ...one, ...seen, enabled: true }, reason('endpoint-gone'), AT, {
          ignoreStreak: true,
        }),
      ).toBe(disabled);
      expect(await read(one)).toEqual(
        disabled
          ? { ...one, enabled: false, disabledReason: reason('endpoint-gone'), disabledAt: AT, updatedAt: AT }
          : one,
      );
    });

    test.each([
      ['on what was counted', false],
      ['whatever was counted', true],
    ])('%s happens once', async (_when, ignoreStreak) => {
      const one = await stand(seen);
      const reasons = [500, 501, 502].map((status) => reason('endpoint-responded', { status }));
      const disabled = await Promise.all(reasons.map((why) => tables.failures.disable(one, why, AT, { ignoreStreak })));
      expect(disabled.filter(Boolean)).toHaveLength(1);
      expect(await read(one)).toMatchObject({ disabledReason: reasons[disabled.indexOf(true)] });
    });

    test('does not touch a subscription that its owner disabled', async () => {
      const one = await stand({ ...seen, enabled: false });
      expect(await tables.failures.disable({ ...one, enabled: true }, reason('endpoint-gone'), AT)).toBe(false);
      expect(await read(one)).toEqual(one);
    });

    test('does not bring back a subscription that is gone', async () => {
      const one = gone();
      expect(await tables.failures.disable(one, reason('endpoint-gone'), AT)).toBe(false);
      expect(await tables.failures.disable(one, reason('endpoint-gone'), AT, { ignoreStreak: true })).toBe(false);
      expect(await read(one)).toBeUndefined();
    });

    test('stops the counting', async () => {
      const one = await stand(seen);
      await tables.failures.disable(one, reason('endpoint-gone'), AT);
      expect(await tables.failures.count(keyOf(one), one.epoch, failuresOf(one, 1))).toEqual({
        counted: false,
        refused: new Map(),
        outdated: true,
      });
    });
  });

  describe('that the disabling is announced', () => {
    test('is marked, however often', async () => {
      const one = await stand();
      await tables.failures.disable(one, reason('endpoint-gone'), AT);
      await tables.failures.markDisablingPublished(one);
      await tables.failures.markDisablingPublished(one);
      expect(await read(one)).toEqual({
        ...one,
        enabled: false,
        disabledReason: reason('endpoint-gone'),
        disabledAt: AT,
        updatedAt: AT,
        disablingPublished: true,
      });
    });

    test.each([
      ['is enabled', { epoch: 1 }, 1],
      ['is of another epoch', { epoch: 2, enabled: false }, 1],
    ])('is not marked on a subscription that %s', async (_what, changes, epoch) => {
      const one = await stand(changes);
      await tables.failures.markDisablingPublished({ ...one, epoch });
      expect(await read(one)).toEqual(one);
    });

    test('does not bring back a subscription that is gone', async () => {
      const one = gone();
      await tables.failures.markDisablingPublished(one);
      expect(await read(one)).toBeUndefined();
    });
  });

  test("another tenant's subscription of the same id is another", async () => {
    const one = await stand();
    const theirs = await stand({ id: one.id });
    await tables.failures.count(keyOf(theirs), 1, failuresOf(theirs, 1));
    await tables.failures.disable({ ...theirs, count: 1 }, reason('endpoint-gone'), AT);
    expect(await read(one)).toEqual(one);
  });
}
