import { type Harness, OTHER, setUp, T, TENANT, tenantPathOf, CATALOG } from '../harness';

let api: Harness;
beforeEach(() => {
  api = setUp();
});

const secretOf = async (tenant: string = TENANT) =>
  (await api.call('GET', `${tenantPathOf(tenant)}/webhooks/account-secret`)).json as {
    secret: string;
    previous_secret_expires_at?: string;
  };

describe("the account's secret", () => {
  test("is made when it is first read, stays, and is the tenant's own", async () => {
    const { secret } = await secretOf();
    expect(secret).toMatch(/^whsec_/);
    expect(await secretOf()).toEqual({ secret });
    expect((await secretOf(OTHER)).secret).not.toBe(secret);
  });

  test('is regenerated at once, or with an overlap', async () => {
    const { secret } = await secretOf();
    const path = `${T}/webhooks/account-secret/regenerate`;
    const { json } = await api.call('POST', path, { body: { overlap_seconds: 60 } });
    expect(json).toEqual({
      secret: expect.stringMatching(/^whsec_/) as string,
      previous_secret_expires_at: '2026-03-19T10:22:44.000Z',
    });
    expect((json as { secret: string }).secret).not.toBe(secret);
    expect(await secretOf()).toEqual(json);
    expect((await api.call('POST', path)).json).not.toHaveProperty('previous_secret_expires_at');
  });

  test('is on the audit trail whenever it is seen', async () => {
    await secretOf();
    await api.call('POST', `${T}/webhooks/account-secret/regenerate`);
    expect(api.audit).toEqual([
      { action: 'account-secret.read', actor: 'operator:k1', tenantId: TENANT },
      { action: 'account-secret.regenerated', actor: 'operator:k1', tenantId: TENANT },
    ]);
  });
});

describe('the plan', () => {
  test('is everything until one is set', async () => {
    expect((await api.call('GET', `${T}/plan`)).json).toEqual({ webhooks: true });
  });

  test.each([
    ['starter', { plan: 'starter', webhooks: true, max_webhooks: 2 }],
    ['free', { plan: 'free', webhooks: false }],
  ])('%s is set and read', async (plan, expected) => {
    expect((await api.call('PUT', `${T}/plan`, { body: { plan } })).json).toEqual(expected);
    expect((await api.call('GET', `${T}/plan`)).json).toEqual(expected);
    expect((await api.call('GET', `${tenantPathOf(OTHER)}/plan`)).json).toEqual({ webhooks: true });
    expect(api.audit).toEqual([{ action: 'plan.changed', actor: 'operator:k1', tenantId: TENANT, resource: plan }]);
  });

  test('does not matter where the profile names none', async () => {
    const { plans: _none, ...catalog } = CATALOG;
    api = setUp({ catalog });
    expect((await api.call('PUT', `${T}/plan`, { body: { plan: 'free' } })).json).toEqual({
      plan: 'free',
      webhooks: true,
    });
  });

  test.each(['Growth', '', 'a b', null, 'x'.repeat(65)])('%p is no plan', async (plan) => {
    expect(await api.call('PUT', `${T}/plan`, { body: { plan } })).toMatchObject({
      status: 400,
      json: { details: [{ field: 'plan' }] },
    });
  });
});
