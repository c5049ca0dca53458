import { randomBytes } from 'node:crypto';
import type { SubscriptionId, SubscriptionKey, TenantId } from '../../lambda/core/shared/identifiers';
import { subscription } from '../builders/subscription';
import { AT } from './delivery-records';
import type { DeliveryRates, RateAdvance } from '../../lambda/core/endpoint/delivery-rates';
import type { SubscriptionDirectory } from '../../lambda/core/subscriptions/subscription-directory';
import type { SubscriptionReader } from '../../lambda/core/subscriptions/subscription-reader';
import type { Subscription } from '../../lambda/core/subscriptions/subscription';

export interface RateTables {
  readonly rates: DeliveryRates;
  readonly subscriptions: SubscriptionReader & SubscriptionDirectory;
}

const NOW = AT * 1000;
const SECOND = 1_000_000;

/** What every store of rate limits' marks does, the fake and the real one alike. */
export function deliveryRatesContract(create: () => RateTables): void {
  let tables: RateTables;
  beforeAll(() => {
    tables = create();
  });
  const stand = async (perSecond: number | undefined) => {
    const one = subscription({
      tenantId: `org_${randomBytes(6).toString('hex')}/team` as TenantId,
      ...(perSecond !== undefined && { rateLimit: { perSecond } }),
    });
    await tables.subscriptions.create(one);
    return { one, key: { tenantId: one.tenantId, subscriptionId: one.id } };
  };
  const read = async (key: SubscriptionKey) =>
    (await tables.subscriptions.read([key])).subscriptions[0] as Subscription;
  const advance = (changes: Partial<RateAdvance> = {}): RateAdvance => ({
    mark: 'spentUntil',
    seen: { perSecond: 10 },
    notBefore: NOW,
    by: 100_000,
    notAfter: NOW + SECOND,
    ...changes,
  });

  describe.each(['spentUntil', 'lineUntil'] as const)('the mark %s', (mark) => {
    test('begins at the time that is given, and goes on from where it stands', async () => {
      const { one, key } = await stand(10);
      expect(await tables.rates.advance(key, advance({ mark }))).toEqual({ advanced: true, from: NOW });
      const seen = { perSecond: 10, [mark]: NOW + 100_000 };
      expect(await read(key)).toEqual({ ...one, rateLimit: seen });
      expect(await tables.rates.advance(key, advance({ mark, seen, by: 300_000 }))).toEqual({
        advanced: true,
        from: NOW + 100_000,
      });
      expect((await read(key)).rateLimit).toEqual({ perSecond: 10, [mark]: NOW + 400_000 });
    });

    test('that lies behind begins anew at the time that is given', async () => {
      const { key } = await stand(10);
      await tables.rates.advance(key, advance({ mark, by: 500_000 }));
      const later = advance({
        mark,
        seen: { perSecond: 10, [mark]: NOW + 500_000 },
        notBefore: NOW + 7 * SECOND,
        notAfter: NOW + 8 * SECOND,
      });
      expect(await tables.rates.advance(key, later)).toEqual({ advanced: true, from: NOW + 7 * SECOND });
      expect((await read(key)).rateLimit).toEqual({ perSecond: 10, [mark]: NOW + 7 * SECOND + 100_000 });
    });

    test('moves up to its end, and not beyond it', async () => {
      const { key } = await stand(10);
      expect(await tables.rates.advance(key, advance({ mark, by: SECOND }))).toMatchObject({ advanced: true });
      const stored = { perSecond: 10, [mark]: NOW + SECOND };
      expect(await tables.rates.advance(key, advance({ mark, seen: stored, by: 1 }))).toEqual({
        advanced: false,
        stored,
      });
      expect((await read(key)).rateLimit).toEqual(stored);
    });

    test('that another has moved meanwhile stays, and is told', async () => {
      const { key } = await stand(10);
      await tables.rates.advance(key, advance({ mark }));
      const stored = { perSecond: 10, [mark]: NOW + 100_000 };
      expect(await tables.rates.advance(key, advance({ mark }))).toEqual({ advanced: false, stored });
      expect((await read(key)).rateLimit).toEqual(stored);
    });

    test('of all who move it at once, each gets a stretch of its own', async () => {
      const { key } = await stand(10);
      await tables.rates.advance(key, advance({ mark }));
      const seen = { perSecond: 10, [mark]: NOW + 100_000 };
      const moves = await Promise.all(
        Array.from({ length: 12 }, () => tables.rates.advance(key, advance({ mark, seen }))),
      );
      const from = moves.flatMap((move) => (move.advanced ? [move.from] : []));
      expect(from.sort((one, other) => one - other)).toEqual(
        Array.from({ length: 9 }, (_unused, index) => NOW + 100_000 * (index + 1)),
      );
    });
  });

  test('the two marks do not disturb each other', async () => {
    const { key } = await stand(10);
    await tables.rates.advance(key, advance());
    await tables.rates.advance(
      key,
      advance({ mark: 'lineUntil', seen: { perSecond: 10, spentUntil: NOW + 100_000 }, by: 200_000 }),
    );
    expect((await read(key)).rateLimit).toEqual({ perSecond: 10, spentUntil: NOW + 100_000, lineUntil: NOW + 200_000 });
  });

  test('of another limit than the one that was seen nothing moves', async () => {
    const { key } = await stand(20);
    expect(await tables.rates.advance(key, advance())).toEqual({ advanced: false, stored: { perSecond: 20 } });
    expect((await read(key)).rateLimit).toEqual({ perSecond: 20 });
  });

  test('a limit that its owner changes begins anew, and one that is taken away is gone', async () => {
    const { one, key } = await stand(10);
    await tables.rates.advance(key, advance());
    await tables.subscriptions.update(await read(key), { rateLimit: { perSecond: 50 }, updatedAt: one.updatedAt + 1 });
    expect((await read(key)).rateLimit).toEqual({ perSecond: 50 });
    await tables.rates.advance(key, advance({ seen: { perSecond: 50 }, by: 20_000 }));
    await tables.subscriptions.update(await read(key), { rateLimit: null, updatedAt: one.updatedAt + 2 });
    expect(await read(key)).not.toHaveProperty('rateLimit');
    expect(await tables.rates.advance(key, advance())).toEqual({ advanced: false });
    await tables.subscriptions.update(await read(key), { rateLimit: { perSecond: 50 }, updatedAt: one.updatedAt + 3 });
    expect((await read(key)).rateLimit).toEqual({ perSecond: 50 });
  });

  test('other changes leave the marks as they are', async () => {
    const { one, key } = await stand(10);
    await tables.rates.advance(key, advance());
    await tables.subscriptions.update(await read(key), { description: 'ours', updatedAt: one.updatedAt + 1 });
    expect(await read(key)).toMatchObject({
      description: 'ours',
      rateLimit: { perSecond: 10, spentUntil: NOW + 100_000 },
    });
  });

  test('a subscription that has no limit, or is gone, gets no mark', async () => {
    const { one, key } = await stand(undefined);
    expect(await tables.rates.advance(key, advance())).toEqual({ advanced: false });
    expect(await read(key)).toEqual(one);
    const gone = { tenantId: one.tenantId, subscriptionId: '019d05b9-8e40-7000-8000-000000000000' as SubscriptionId };
    expect(await tables.rates.advance(gone, advance())).toEqual({ advanced: false });
    expect(await read(gone)).toBeUndefined();
  });
}
