import { InvalidInput } from '../../lambda/core/errors';
import { KeyRing } from '../../lambda/core/key-ring';
import { isSecret } from '../../lambda/core/secret';
import { createSubscription, type NewSubscription } from '../../lambda/core/create-subscription';
import { secretOwner } from '../../lambda/core/subscription';
import { ROOT_SECRET, TENANT } from '../builders/subscription';
import { InMemorySubscriptionStore } from '../fakes/subscription-store';
import { ManualClock, SeededChance } from '../fakes/time-and-chance';

const types = Array.from({ length: 12 }, (_unused, index) => `type.${index}`);
const rules = { tenantParts: 2, eventTypes: new Set(types), endpoints: { kind: 'production', ports: [443] } } as const;

function setUp() {
  const subscriptions = new InMemorySubscriptionStore();
  const keyRing = KeyRing.parse(ROOT_SECRET);
  const ports = { clock: new ManualClock(), chance: new SeededChance(), keyRing, subscriptions };
  const create = (changes: Partial<NewSubscription> = {}) => createSubscription({ tenantId: TENANT, url: 'https://hooks.example.com/x', eventTypes: ['type.0'], ...changes }, rules, ports);
  return { subscriptions, keyRing, create };
}

test('a subscription gets an id, routes and a secret of its own, which rests sealed', async () => {
  const { subscriptions, keyRing, create } = setUp();
  const { subscription, secret } = await create({ eventTypes: ['type.0', 'type.1', 'type.0'], description: 'ours' });
  expect(subscription).toMatchObject({ tenantId: TENANT, enabled: true, epoch: 1, description: 'ours', eventTypes: ['type.0', 'type.1'] });
  expect(isSecret(secret)).toBe(true);
  expect(JSON.stringify(subscription)).not.toContain(secret);
  expect(keyRing.unseal(subscription.sealedSecret, secretOwner(subscription))).toBe(secret);
  expect(await subscriptions.matching(TENANT, 'type.1')).toEqual([{ subscriptionId: subscription.id, createdAt: subscription.createdAt }]);
  expect((await create()).secret).not.toBe(secret);
});

test.each<[string, Partial<NewSubscription>, string]>([
  ['a tenant of one part', { tenantId: 'org' }, 'tenant_id'],
  ['http', { url: 'http://hooks.example.com/' }, 'url'],
  ['an address', { url: 'https://203.0.113.7/' }, 'url'],
  ['no event type', { eventTypes: [] }, 'events'],
  ['eleven event types', { eventTypes: types.slice(0, 11) }, 'events'],
  ['an event type that is not in the catalogue', { eventTypes: ['type.0', 'nope'] }, 'events'],
  ['a long description', { description: 'x'.repeat(501) }, 'description'],
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
