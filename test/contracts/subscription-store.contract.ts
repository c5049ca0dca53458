import { randomBytes } from 'node:crypto';
import type { SubscriptionId, TenantId } from '../../lambda/core/identifiers';
import type { RouteReader, SubscriptionReader, SubscriptionWriter } from '../../lambda/core/ports';
import { subscription } from '../builders/subscription';

/** What every subscription store does, the fake and the real one alike. */
export function subscriptionStoreContract(create: () => SubscriptionReader & RouteReader & SubscriptionWriter): void {
  let store: SubscriptionReader & RouteReader & SubscriptionWriter;
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
}
