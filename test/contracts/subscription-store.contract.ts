import { randomBytes } from 'node:crypto';
import { type SubscriptionId, type TenantId, urlTarget } from '../../lambda/core/identifiers';
import type { AccountSecrets, RouteReader, SubscriptionReader, SubscriptionWriter } from '../../lambda/core/ports';
import { subscription } from '../builders/subscription';

type SubscriptionStore = SubscriptionReader & RouteReader & SubscriptionWriter & AccountSecrets;

/** What every subscription store does, the fake and the real one alike. */
export function subscriptionStoreContract(create: () => SubscriptionStore): void {
  let store: SubscriptionStore;
  beforeAll(() => {
    store = create();
  });
  const newTenant = () => `org_${randomBytes(6).toString('hex')}/team` as TenantId;

  test('a subscription is read back as it was, and has a route for each of its event types', async () => {
    const one = subscription({ tenantId: newTenant(), eventTypes: ['job.created', 'job.failed'], description: 'ours', enabled: false });
    await store.create(one);
    expect((await store.read([{ tenantId: one.tenantId, subscriptionId: one.id }])).subscriptions).toEqual([one]);
    for (const type of one.eventTypes) expect(await store.matching(one.tenantId, type)).toEqual([{ subscriptionId: one.id, createdAt: one.createdAt }]);
    expect(await store.matching(one.tenantId, 'job.completed')).toEqual([]);
  });

  test('many are read at once, in the order of the keys, those that are not there as undefined', async () => {
    const tenantId = newTenant();
    const many = Array.from({ length: 103 }, () => subscription({ tenantId }));
    for (const each of many) await store.create(each);
    const missing = { tenantId, subscriptionId: '019d05b9-8e40-7000-8000-000000000000' as SubscriptionId };
    const [first, ...rest] = many.map(({ id }) => ({ tenantId, subscriptionId: id }));
    expect((await store.read([first!, missing, ...rest])).subscriptions).toEqual([many[0], undefined, ...many.slice(1)]);
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
    expect((await store.matching(mine, 'job.completed')).map(({ subscriptionId }) => subscriptionId)).toEqual(ids.sort());
  });

  test("a tenant cannot read another's subscription by its id", async () => {
    const one = subscription({ tenantId: newTenant() });
    await store.create(one);
    expect((await store.read([{ tenantId: newTenant(), subscriptionId: one.id }])).subscriptions).toEqual([undefined]);
  });

  test('a subscription is created once', async () => {
    const one = subscription({ tenantId: newTenant() });
    await store.create(one);
    await expect(store.create({ ...one, url: 'https://other.example.com/' })).rejects.toThrow();
    expect((await store.read([{ tenantId: one.tenantId, subscriptionId: one.id }])).subscriptions).toMatchObject([{ url: one.url }]);
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
    expect((await store.read([{ tenantId: newTenant(), subscriptionId: urlTarget('https://hooks.example.com/') }])).subscriptions).toEqual([undefined]);
  });

  test('accounts are read beside subscriptions, those that are there', async () => {
    const [mine, other, without] = [newTenant(), newTenant(), newTenant()];
    const one = subscription({ tenantId: mine });
    await store.create(one);
    await store.ensure(mine, 'sealed for mine');
    await store.ensure(other, 'sealed for other');
    const key = { tenantId: mine, subscriptionId: one.id };
    expect(await store.read([key], [other, without, mine])).toEqual({ subscriptions: [one], accounts: new Map([[other, 'sealed for other'], [mine, 'sealed for mine']]) });
    expect((await store.read([], [mine])).accounts).toEqual(new Map([[mine, 'sealed for mine']]));
    expect((await store.read([key])).accounts).toEqual(new Map());
  });

  test("a tenant's secret is the first that it was given", async () => {
    const tenantId = newTenant();
    expect(await store.ensure(tenantId, 'first')).toBe('first');
    expect(await store.ensure(tenantId, 'second')).toBe('first');
    expect((await store.read([], [tenantId])).accounts.get(tenantId)).toBe('first');
  });

  test('of secrets that are given at the same time, all are told the one that stays', async () => {
    const tenantId = newTenant();
    const told = await Promise.all(Array.from({ length: 8 }, (_unused, index) => store.ensure(tenantId, `sealed ${index}`)));
    const stays = (await store.read([], [tenantId])).accounts.get(tenantId);
    expect(stays).toMatch(/^sealed \d$/);
    expect(told).toEqual(told.map(() => stays));
  });
}
