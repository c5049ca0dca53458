import { randomBytes } from 'node:crypto';
import { type SubscriptionId, type TenantId, urlTarget } from '../../lambda/core/shared/identifiers';
import { subscription } from '../builders/subscription';
import type { AccountStore } from '../../lambda/core/subscriptions/account-store';
import type { RouteReader } from '../../lambda/core/events/route-reader';
import type { SubscriptionDirectory } from '../../lambda/core/subscriptions/subscription-directory';
import type { SubscriptionReader } from '../../lambda/core/subscriptions/subscription-reader';
import type { Subscription } from '../../lambda/core/subscriptions/subscription';

const OTHER = { kind: 'https', url: 'https://other.example.com/' } as const;

type SubscriptionStore = SubscriptionReader & RouteReader & SubscriptionDirectory & AccountStore;

/** What every subscription store does, the fake and the real one alike. */
export function subscriptionStoreContract(create: () => SubscriptionStore): void {
  let store: SubscriptionStore;
  beforeAll(() => {
    store = create();
  });
  const newTenant = () => `org_${randomBytes(6).toString('hex')}/team` as TenantId;

  test('a subscription is read back as it was, and has a route for each of its event types', async () => {
    const one = subscription({
      tenantId: newTenant(),
      eventTypes: ['job.created', 'job.failed'],
      description: 'ours',
      enabled: false,
    });
    await store.create(one);
    expect((await store.read([{ tenantId: one.tenantId, subscriptionId: one.id }])).subscriptions).toEqual([one]);
    for (const type of one.eventTypes)
      expect(await store.matching(one.tenantId, type)).toEqual([{ subscriptionId: one.id, createdAt: one.createdAt }]);
    expect(await store.matching(one.tenantId, 'job.completed')).toEqual([]);
  });

  test('many are read at once, in the order of the keys, those that are not there as undefined', async () => {
    const tenantId = newTenant();
    const many = Array.from({ length: 103 }, () => subscription({ tenantId }));
    for (const each of many) await store.create(each);
    const missing = { tenantId, subscriptionId: '019d05b9-8e40-7000-8000-000000000000' as SubscriptionId };
    const [first, ...rest] = many.map(({ id }) => ({ tenantId, subscriptionId: id }));
    expect((await store.read([first!, missing, ...rest])).subscriptions).toEqual([
      many[0],
      undefined,
      ...many.slice(1),
    ]);
  });

  test('routes are those of the tenant and type, all of them', async () => {
    const [mine, other] = [newTenant(), newTenant()];
    const ids = [];
    for (let index = 0; index < 30; index += 1) {
      const one = subscription({ tenantId: mine });
      await store.create(one);
      ids.push(one.id);
    }
    await store.create(subscription({ tenantId: other }));
    await store.create(subscription({ tenantId: mine, eventTypes: ['job.completed.more'] }));
    expect((await store.matching(mine, 'job.completed')).map(({ subscriptionId }) => subscriptionId)).toEqual(
      ids.sort(),
    );
  });

  test("a tenant cannot read another's subscription by its id", async () => {
    const one = subscription({ tenantId: newTenant() });
    await store.create(one);
    expect((await store.read([{ tenantId: newTenant(), subscriptionId: one.id }])).subscriptions).toEqual([undefined]);
  });

  test('a subscription is created once', async () => {
    const one = subscription({ tenantId: newTenant() });
    await store.create(one);
    await expect(store.create({ ...one, destination: OTHER, sealedSecret: 'another' })).rejects.toThrow();
    expect((await store.read([{ tenantId: one.tenantId, subscriptionId: one.id }])).subscriptions).toMatchObject([
      { destination: one.destination },
    ]);
  });

  test('reading nothing finds nothing', async () => {
    expect(await store.read([])).toEqual({ subscriptions: [], accounts: new Map() });
  });

  test('a subscription that is asked for twice is told twice', async () => {
    const one = subscription({ tenantId: newTenant() });
    await store.create(one);
    const key = { tenantId: one.tenantId, subscriptionId: one.id };
    expect((await store.read([key, key])).subscriptions).toEqual([one, one]);
  });

  test('the row of a URL that was never written is not there', async () => {
    expect(
      (await store.read([{ tenantId: newTenant(), subscriptionId: urlTarget('https://hooks.example.com/') }]))
        .subscriptions,
    ).toEqual([undefined]);
  });

  test('accounts are read beside subscriptions, those that are there', async () => {
    const [mine, other, without] = [newTenant(), newTenant(), newTenant()];
    const one = subscription({ tenantId: mine });
    await store.create(one);
    await store.createSecretIfAbsent(mine, 'sealed for mine');
    await store.createSecretIfAbsent(other, 'sealed for other');
    const key = { tenantId: mine, subscriptionId: one.id };
    expect(await store.read([key], [other, without, mine])).toEqual({
      subscriptions: [one],
      accounts: new Map([
        [other, { sealedSecret: 'sealed for other' }],
        [mine, { sealedSecret: 'sealed for mine' }],
      ]),
    });
    expect((await store.read([], [mine])).accounts).toEqual(new Map([[mine, { sealedSecret: 'sealed for mine' }]]));
    expect((await store.read([key])).accounts).toEqual(new Map());
  });

  test("a tenant's secret is the first that it was given", async () => {
    const tenantId = newTenant();
    expect(await store.createSecretIfAbsent(tenantId, 'first')).toBe('first');
    expect(await store.createSecretIfAbsent(tenantId, 'second')).toBe('first');
    expect((await store.read([], [tenantId])).accounts.get(tenantId)).toEqual({ sealedSecret: 'first' });
  });

  test('of secrets that are given at the same time, all are told the one that stays', async () => {
    const tenantId = newTenant();
    const told = await Promise.all(
      Array.from({ length: 8 }, (_unused, index) => store.createSecretIfAbsent(tenantId, `sealed ${index}`)),
    );
    const stays = (await store.read([], [tenantId])).accounts.get(tenantId)?.sealedSecret;
    expect(stays).toMatch(/^sealed \d$/);
    expect(told).toEqual(told.map(() => stays));
  });

  const stored = async ({ tenantId, id }: Pick<Subscription, 'tenantId' | 'id'>) =>
    (await store.read([{ tenantId, subscriptionId: id }])).subscriptions[0];
  const createdOne = async (changes: Partial<Subscription> = {}) => {
    const one = subscription({ tenantId: newTenant(), ...changes });
    await store.create(one);
    return one;
  };

  test('everything that a subscription may have is read back', async () => {
    const one = await createdOne({
      description: 'ours',
      userId: 'user_1',
      enabled: false,
      disabledAt: 1_800_000_000_000,
      headers: { names: ['authorization'], sealed: 'sealed headers' },
      previousSecret: { sealed: 'sealed before', until: 1_800_000_000_000 },
    });
    expect(await stored(one)).toEqual(one);
  });

  test("a tenant's subscriptions are listed newest first, page by page, and nobody else's", async () => {
    const tenantId = newTenant();
    const all = [];
    for (let index = 0; index < 5; index += 1)
      all.push(
        await createdOne({ tenantId, createdAt: 1_700_000_000_000 + index, updatedAt: 1_700_000_000_000 + index }),
      );
    await store.createSecretIfAbsent(tenantId, 'sealed');
    await createdOne();
    const newest = all.map(({ id }) => id).reverse();
    const first = await store.list(tenantId, 2);
    expect(first.subscriptions.map(({ id }) => id)).toEqual(newest.slice(0, 2));
    expect(first.after).toBe(newest[1]);
    const second = await store.list(tenantId, 100, first.after);
    expect(second.subscriptions.map(({ id }) => id)).toEqual(newest.slice(2));
    expect(second.after).toBeUndefined();
    expect(await store.list(newTenant(), 10)).toEqual({ subscriptions: [] });
  });

  test('what is changed is changed, what is not stays, and the routes go with the events', async () => {
    const one = await createdOne({
      eventTypes: ['job.created', 'job.failed'],
      description: 'ours',
      headers: { names: ['x-a'], sealed: 'one' },
    });
    const updatedAt = one.updatedAt + 5;
    expect(
      await store.update(one, {
        destination: OTHER,
        eventTypes: ['job.failed', 'job.completed'],
        updatedAt,
      }),
    ).toBe(true);
    expect(await stored(one)).toEqual({
      ...one,
      destination: OTHER,
      eventTypes: ['job.failed', 'job.completed'],
      updatedAt,
    });
    expect(await store.matching(one.tenantId, 'job.created')).toEqual([]);
    expect(await store.matching(one.tenantId, 'job.failed')).toEqual([
      { subscriptionId: one.id, createdAt: one.createdAt },
    ]);
    expect(await store.matching(one.tenantId, 'job.completed')).toEqual([
      { subscriptionId: one.id, createdAt: updatedAt },
    ]);
    const seen = (await stored(one)) as Subscription;
    expect(await store.update(seen, { description: null, headers: null, updatedAt: updatedAt + 1 })).toBe(true);
    expect(await stored(one)).not.toHaveProperty('description');
    expect(await stored(one)).not.toHaveProperty('headers');
  });

  test('a new secret replaces the old one, which is kept only when it is asked for', async () => {
    const one = await createdOne();
    expect(
      await store.update(one, {
        secret: { sealed: 'second', previous: { sealed: one.sealedSecret, until: 7 } },
        updatedAt: one.updatedAt + 1,
      }),
    ).toBe(true);
    expect(await stored(one)).toMatchObject({
      sealedSecret: 'second',
      previousSecret: { sealed: one.sealedSecret, until: 7 },
    });
    expect(
      await store.update((await stored(one)) as Subscription, {
        secret: { sealed: 'third' },
        updatedAt: one.updatedAt + 2,
      }),
    ).toBe(true);
    expect(await stored(one)).toMatchObject({ sealedSecret: 'third' });
    expect(await stored(one)).not.toHaveProperty('previousSecret');
  });

  test('enabling begins a new epoch, in which nothing of the old one is left', async () => {
    const one = await createdOne({ enabled: false, disabledAt: 5, count: 5, countAtLastSuccess: 2 });
    expect(await store.update(one, { enabled: true, updatedAt: one.updatedAt + 1 })).toBe(true);
    const { disabledAt: _at, ...rest } = one;
    expect(await stored(one)).toEqual({
      ...rest,
      enabled: true,
      epoch: one.epoch + 1,
      count: 0,
      countAtLastSuccess: 0,
      updatedAt: one.updatedAt + 1,
    });
  });

  test('its owner disables it without a reason', async () => {
    const one = await createdOne();
    expect(await store.update(one, { enabled: false, updatedAt: one.updatedAt + 1 })).toBe(true);
    expect(await stored(one)).toEqual({
      ...one,
      enabled: false,
      disabledAt: one.updatedAt + 1,
      updatedAt: one.updatedAt + 1,
    });
  });

  test('what was seen before another changed it changes nothing, and removes nothing', async () => {
    const one = await createdOne();
    expect(await store.update(one, { description: 'first', updatedAt: one.updatedAt + 1 })).toBe(true);
    expect(
      await store.update(one, { description: 'second', eventTypes: ['job.failed'], updatedAt: one.updatedAt + 2 }),
    ).toBe(false);
    expect(
      await store.update(one, { description: 'second, at the same millisecond', updatedAt: one.updatedAt + 1 }),
    ).toBe(false);
    expect(await store.remove(one)).toBe(false);
    expect(await stored(one)).toMatchObject({ description: 'first' });
    expect(await store.matching(one.tenantId, 'job.failed')).toEqual([]);
  });

  test('one that is removed is gone with its routes, and cannot be changed', async () => {
    const one = await createdOne({ eventTypes: ['job.created', 'job.failed'] });
    expect(await store.remove(one)).toBe(true);
    expect(await stored(one)).toBeUndefined();
    for (const type of one.eventTypes) expect(await store.matching(one.tenantId, type)).toEqual([]);
    expect(await store.remove(one)).toBe(false);
    expect(await store.update(one, { description: 'again', updatedAt: one.updatedAt + 1 })).toBe(false);
    expect(await stored(one)).toBeUndefined();
  });

  test('a limit holds for those that are created at the same time, and one that is removed makes room', async () => {
    const tenantId = newTenant();
    await store.setPlan(tenantId, 'starter');
    const limit = { plan: 'starter', maxSubscriptions: 3 };
    const many = Array.from({ length: 8 }, () => subscription({ tenantId }));
    const results: string[] = [];
    for (const result of await Promise.allSettled(many.map((each) => store.create(each, limit))))
      results.push(result.status === 'fulfilled' ? result.value : 'refused');
    const created = results.filter((result) => result === 'created').length;
    expect(created).toBeLessThanOrEqual(3);
    for (let more = created; more < 3; more += 1)
      expect(await store.create(subscription({ tenantId }), limit)).toBe('created');
    expect(await store.create(subscription({ tenantId }), limit)).toBe('limit');
    const [one] = (await store.list(tenantId, 10)).subscriptions;
    expect(await store.remove(one!)).toBe(true);
    expect(await store.create(subscription({ tenantId }), limit)).toBe('created');
  });

  test('a limit of a plan that the tenant no longer has creates nothing', async () => {
    const tenantId = newTenant();
    expect(await store.create(subscription({ tenantId }), { plan: 'growth' })).toBe('plan-changed');
    await store.setPlan(tenantId, 'free');
    expect(await store.create(subscription({ tenantId }), { plan: 'growth', maxSubscriptions: 5 })).toBe(
      'plan-changed',
    );
    expect(await store.create(subscription({ tenantId }), {})).toBe('plan-changed');
    expect((await store.list(tenantId, 10)).subscriptions).toEqual([]);
  });

  test("an account's plan and secret do not disturb each other", async () => {
    const tenantId = newTenant();
    expect(await store.account(tenantId)).toEqual({});
    await store.setPlan(tenantId, 'growth');
    expect(await store.account(tenantId)).toEqual({ plan: 'growth' });
    await store.createSecretIfAbsent(tenantId, 'first');
    await store.create(subscription({ tenantId }), { plan: 'growth' });
    expect(await store.account(tenantId)).toEqual({ plan: 'growth', sealedSecret: 'first' });
    expect(await store.replaceSecret(tenantId, undefined, { sealed: 'lost' })).toBe(false);
    expect(
      await store.replaceSecret(tenantId, 'first', { sealed: 'second', previous: { sealed: 'first', until: 9 } }),
    ).toBe(true);
    expect(await store.replaceSecret(tenantId, 'first', { sealed: 'lost' })).toBe(false);
    expect(
      await store.replaceSecret(tenantId, 'first', { sealed: 'second', previous: { sealed: 'first', until: 9 } }),
    ).toBe(true); // tried again, its answer lost
    await store.setPlan(tenantId, 'scale');
    expect(await store.account(tenantId)).toEqual({
      plan: 'scale',
      sealedSecret: 'second',
      previousSecret: { sealed: 'first', until: 9 },
    });
    expect(await store.replaceSecret(tenantId, 'second', { sealed: 'third' })).toBe(true);
    expect(await store.account(tenantId)).toEqual({ plan: 'scale', sealedSecret: 'third' });
    expect((await store.read([], [tenantId])).accounts.get(tenantId)).toEqual(await store.account(tenantId));
  });
}
