import { reason } from '../../../lambda/core/shared/reason';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../../../lambda/core/shared/errors';
import type { SubscriptionId, TenantId } from '../../../lambda/core/shared/identifiers';
import { KeyRing } from '../../../lambda/core/signing/key-ring';
import { isSecret } from '../../../lambda/core/signing/secret';
import {
  createSubscription,
  deleteSubscription,
  type NewSubscription,
  regenerateSecret,
  type SubscriptionInput,
  updateSubscription,
} from '../../../lambda/core/subscriptions/manage-subscriptions';
import { ROOT_SECRET, TENANT } from '../../builders/subscription';
import { InMemorySubscriptionStore } from '../../fakes/subscription-store';
import { ManualClock, SeededRandom } from '../../fakes/time-and-random';
import type { CreationLimit } from '../../../lambda/core/subscriptions/subscription-directory';
import { headersOwner, secretOwner } from '../../../lambda/core/subscriptions/subscription';

const types = Array.from({ length: 12 }, (_unused, index) => `type.${index}`);
const rules = {
  tenantParts: 2,
  eventTypes: new Set(types),
  endpoints: { kind: 'production', ports: [443] },
  headers: {},
  signatures: [],
} as const;

function setUp() {
  const subscriptions = new InMemorySubscriptionStore();
  const keyRing = KeyRing.parse(ROOT_SECRET);
  const ports = { clock: new ManualClock(), random: new SeededRandom(), keyRing, subscriptions };
  const create = (changes: Partial<NewSubscription> = {}, limit: CreationLimit = {}) =>
    createSubscription(
      { tenantId: TENANT, url: 'https://hooks.example.com/x', eventTypes: ['type.0'], ...changes },
      rules,
      ports,
      limit,
    );
  const created = async (changes: Partial<NewSubscription> = {}) => {
    const { subscription } = await create(changes);
    return { subscription, key: { tenantId: TENANT, subscriptionId: subscription.id } };
  };
  const update = (key: { tenantId: TenantId; subscriptionId: SubscriptionId }, changes: SubscriptionInput) =>
    updateSubscription(key, changes, rules, ports);
  return { subscriptions, keyRing, create, created, update, ports };
}

test('a subscription gets an id, routes and a secret of its own, which rests sealed', async () => {
  const { subscriptions, keyRing, create } = setUp();
  const { subscription, secret } = await create({ eventTypes: ['type.0', 'type.1', 'type.0'], description: 'ours' });
  expect(subscription).toMatchObject({
    tenantId: TENANT,
    enabled: true,
    epoch: 1,
    description: 'ours',
    eventTypes: ['type.0', 'type.1'],
  });
  expect(isSecret(secret)).toBe(true);
  expect(JSON.stringify(subscription)).not.toContain(secret);
  expect(keyRing.unseal(subscription.sealedSecret, secretOwner(subscription))).toBe(secret);
  expect(await subscriptions.matching(TENANT, 'type.1')).toEqual([
    { subscriptionId: subscription.id, createdAt: subscription.createdAt },
  ]);
  expect((await create()).secret).not.toBe(secret);
});

test.each<[string, Partial<NewSubscription>, string]>([
  ['a tenant of one part', { tenantId: 'org' }, 'tenant_id'],
  ['http', { url: 'http://hooks.example.com/' }, 'url'],
  ['an address', { url: 'https://203.0.113.7/' }, 'url'],
  ['no event type', { eventTypes: [] }, 'events'],
  ['eleven event types', { eventTypes: types.slice(0, 11) }, 'events'],
  ['an event type that is not in the catalog', { eventTypes: ['type.0', 'nope'] }, 'events'],
  ['a long description', { description: 'x'.repeat(501) }, 'description'],
  ['a header of ours', { headers: { 'Webhook-Id': 'mine' } }, 'headers.Webhook-Id'],
  ['a rate limit of nothing', { rateLimit: 0 }, 'rate_limit'],
  ['a rate limit of half a delivery', { rateLimit: 0.5 }, 'rate_limit'],
  ['a rate limit of 1,001', { rateLimit: 1001 }, 'rate_limit'],
])('%s is refused by name', async (_what, changes, field) => {
  const { create } = setUp();
  const refusal: unknown = await create(changes).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InvalidInput);
  expect((refusal as InvalidInput).field).toBe(field);
});

test('ten event types are taken', async () => {
  const { create } = setUp();
  expect((await create({ eventTypes: types.slice(0, 10) })).subscription.eventTypes).toHaveLength(10);
});

describe('creating', () => {
  test('under a limit that is reached is refused, with what to do', async () => {
    const { create, subscriptions } = setUp();
    await subscriptions.setPlan(TENANT, 'starter');
    const limit = { plan: 'starter', maxSubscriptions: 1 };
    await create({}, limit);
    await expect(create({}, limit)).rejects.toThrow(
      new Forbidden(reason('plan-limit-reached', { plan: 'starter', limit: 1 })),
    );
  });

  test('while the plan changes is a conflict', async () => {
    const { create, subscriptions } = setUp();
    await subscriptions.setPlan(TENANT, 'free');
    await expect(create({}, { plan: 'starter' })).rejects.toThrow(Conflict);
  });

  test("seals the values of its owner's headers and keeps their names", async () => {
    const { create, keyRing } = setUp();
    const { subscription } = await create({ headers: { 'X-Api-Key': 'hush', Authorization: 'Basic hush' } });
    expect(subscription.headers!.names).toEqual(['x-api-key', 'authorization']);
    expect(JSON.stringify(subscription)).not.toContain('hush');
    expect(JSON.parse(keyRing.unseal(subscription.headers!.sealed, headersOwner(subscription)))).toEqual({
      'x-api-key': 'hush',
      authorization: 'Basic hush',
    });
  });
});

describe('updating', () => {
  test('changes what is named and nothing else', async () => {
    const { created, update } = setUp();
    const { subscription, key } = await created({ description: 'ours', eventTypes: ['type.0'] });
    const updated = await update(key, { eventTypes: ['type.1'], url: 'https://new.example.com/' });
    expect(updated).toEqual({
      ...subscription,
      eventTypes: ['type.1'],
      destination: { kind: 'https', url: 'https://new.example.com/' },
      updatedAt: expect.any(Number) as number,
    });
    expect(updated.updatedAt).toBeGreaterThan(subscription.updatedAt);
  });

  test('an empty description or empty headers take them away', async () => {
    const { created, update } = setUp();
    const { key } = await created({ description: 'ours', headers: { 'x-a': 'b' } });
    const updated = await update(key, { description: '', headers: {} });
    expect(updated).not.toHaveProperty('description');
    expect(updated).not.toHaveProperty('headers');
  });

  test('a rate limit that is given as it was keeps its marks; another begins anew; null takes it away', async () => {
    const { created, update, subscriptions } = setUp();
    const { subscription, key } = await created({ rateLimit: 10 });
    subscriptions.change(subscription, { rateLimit: { perSecond: 10, spentUntil: 5, lineUntil: 6 } });
    expect((await update(key, { rateLimit: 10 })).rateLimit).toEqual({ perSecond: 10, spentUntil: 5, lineUntil: 6 });
    expect((await update(key, { rateLimit: 20 })).rateLimit).toEqual({ perSecond: 20 });
    expect(await update(key, { rateLimit: null })).not.toHaveProperty('rateLimit');
  });

  test('enabling one that is enabled begins no new epoch; one that is disabled, it does', async () => {
    const { created, update, subscriptions } = setUp();
    const { subscription, key } = await created();
    expect((await update(key, { enabled: true })).epoch).toBe(1);
    subscriptions.change(subscription, {
      enabled: false,
      disabledReason: reason('endpoint-gone'),
      disabledAt: 7,
      count: 5,
    });
    const enabled = await update(key, { enabled: true });
    expect(enabled).toMatchObject({ enabled: true, epoch: 2, count: 0, countAtLastSuccess: 0 });
    expect(enabled).not.toHaveProperty('disabledReason');
    expect(enabled).not.toHaveProperty('disabledAt');
  });

  test('goes on from what another has changed meanwhile', async () => {
    const { created, ports, subscriptions } = setUp();
    const { subscription, key } = await created();
    let meddled = false;
    const meddling = Object.assign(Object.create(subscriptions) as InMemorySubscriptionStore, {
      update: async (...args: Parameters<InMemorySubscriptionStore['update']>) => {
        if (!meddled) {
          meddled = true;
          await subscriptions.update(subscription, {
            destination: { kind: 'https', url: 'https://theirs.example.com/' },
            updatedAt: subscription.updatedAt + 1,
          });
        }
        return subscriptions.update(...args);
      },
    });
    expect(
      await updateSubscription(key, { description: 'mine' }, rules, { ...ports, subscriptions: meddling }),
    ).toMatchObject({
      destination: { url: 'https://theirs.example.com/' },
      description: 'mine',
    });
  });

  test('headers are not taken to another host: they are given again, or go', async () => {
    const { created, update } = setUp();
    const { key } = await created({ headers: { authorization: 'hush' } });
    expect(await update(key, { url: 'https://hooks.example.com/another/path' })).toHaveProperty('headers');
    await expect(update(key, { url: 'https://elsewhere.example.com/' })).rejects.toThrow(Conflict);
    expect(
      await update(key, { url: 'https://elsewhere.example.com/', headers: { authorization: 'other' } }),
    ).toHaveProperty('headers');
    expect(await update(key, { url: 'https://third.example.com/', headers: {} })).not.toHaveProperty('headers');
    expect(await update(key, { url: 'https://fourth.example.com/' })).toMatchObject({
      destination: { url: 'https://fourth.example.com/' },
    });
  });

  test('is a conflict where others never stop', async () => {
    const { created, ports, subscriptions } = setUp();
    const { key } = await created();
    const refusing = Object.assign(Object.create(subscriptions) as InMemorySubscriptionStore, {
      update: () => Promise.resolve(false),
      remove: () => Promise.resolve(false),
    });
    await expect(
      updateSubscription(key, { description: 'mine' }, rules, { ...ports, subscriptions: refusing }),
    ).rejects.toThrow(Conflict);
    await expect(deleteSubscription(key, { subscriptions: refusing })).rejects.toThrow(Conflict);
  });

  test.each<[string, SubscriptionInput, string]>([
    ['an address', { url: 'https://203.0.113.7/' }, 'url'],
    ['no events', { eventTypes: [] }, 'events'],
    ['a long description', { description: 'x'.repeat(501) }, 'description'],
    ['a header of the connection', { headers: { host: 'x' } }, 'headers.host'],
  ])('%s is refused by name', async (_what, changes, field) => {
    const { created, update } = setUp();
    const { key } = await created();
    await expect(update(key, changes)).rejects.toMatchObject({ name: 'InvalidInput', field });
  });

  test("what is not there, or is another tenant's, is not found", async () => {
    const { created, update, ports } = setUp();
    const { key } = await created();
    const elsewhere = { ...key, tenantId: 'org_other/team' as TenantId };
    await expect(update(elsewhere, { description: 'x' })).rejects.toThrow(NotFound);
    await expect(regenerateSecret(elsewhere, 0, ports)).rejects.toThrow(NotFound);
    await expect(deleteSubscription(elsewhere, ports)).rejects.toThrow(NotFound);
    await deleteSubscription(key, ports);
    await expect(update(key, { description: 'x' })).rejects.toThrow(NotFound);
  });
});

describe('regenerating the secret', () => {
  test('puts the new one in force and forgets the old one', async () => {
    const { created, ports, keyRing } = setUp();
    const { subscription, key } = await created();
    const { subscription: after, secret } = await regenerateSecret(key, 0, ports);
    expect(keyRing.unseal(after.sealedSecret, secretOwner(subscription))).toBe(secret);
    expect(after).not.toHaveProperty('previousSecret');
    expect(keyRing.unseal(subscription.sealedSecret, secretOwner(subscription))).not.toBe(secret);
  });

  test('with an overlap keeps the old one for that long', async () => {
    const { created, ports } = setUp();
    const { subscription, key } = await created();
    const { subscription: after } = await regenerateSecret(key, 3600, ports);
    expect(after.previousSecret).toEqual({ sealed: subscription.sealedSecret, until: ports.clock.now() + 3_600_000 });
  });

  test.each([-1, 0.5, 7 * 86400 + 1, NaN])('an overlap of %d s is refused', async (seconds) => {
    const { created, ports } = setUp();
    const { key } = await created();
    await expect(regenerateSecret(key, seconds, ports)).rejects.toThrow(InvalidInput);
  });
});
