import { reason } from '../../../lambda/core/shared/reason';
import { Forbidden, InvalidInput } from '../../../lambda/core/shared/errors';
import { planStatus, requireWebhooks, setPlan } from '../../../lambda/core/subscriptions/plans';
import { TENANT } from '../../builders/subscription';
import { InMemorySubscriptionStore } from '../../fakes/subscription-store';

const PLANS = [
  { id: 'starter', name: 'Starter', maxSubscriptions: 10 },
  { id: 'scale', name: 'Scale' },
];

test.each([
  ['no plan on record', {}, PLANS, { webhooks: true }],
  [
    'a plan with webhooks and a limit',
    { plan: 'starter' },
    PLANS,
    { plan: 'starter', webhooks: true, maxSubscriptions: 10 },
  ],
  ['a plan with webhooks', { plan: 'scale' }, PLANS, { plan: 'scale', webhooks: true }],
  ['a plan without', { plan: 'free' }, PLANS, { plan: 'free', webhooks: false }],
  ['any plan, where plans do not matter', { plan: 'free' }, undefined, { plan: 'free', webhooks: true }],
])('%s', (_what, account, plans, status) => {
  expect(planStatus(account, plans)).toEqual(status);
});

test('a tenant whose plan has no webhooks is told which plans do', () => {
  expect(() => requireWebhooks({ plan: 'free' }, PLANS)).toThrow(
    new Forbidden(reason('plan-upgrade-needed', { plan: 'free', plans: 'Starter, Scale' })),
  );
  expect(requireWebhooks({ plan: 'starter' }, PLANS)).toEqual({ plan: 'starter', maxSubscriptions: 10 });
  expect(requireWebhooks({}, PLANS)).toEqual({});
});

test('a plan is set by its id, in lower case', async () => {
  const accounts = new InMemorySubscriptionStore();
  await setPlan(TENANT, 'growth', accounts);
  expect(await accounts.account(TENANT)).toEqual({ plan: 'growth' });
  for (const plan of ['Growth', '', 'a b', '-a', 'x'.repeat(65)])
    await expect(setPlan(TENANT, plan, accounts)).rejects.toThrow(InvalidInput);
  expect(await accounts.account(TENANT)).toEqual({ plan: 'growth' });
});
