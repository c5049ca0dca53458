import { type Harness, OPERATOR_KEY, setUp, T, TENANT } from '../harness';

const KEY = 'customers-key';

let api: Harness;
beforeEach(() => {
  api = setUp({ auth: { lambda: { functionName: 'credentials', cacheSeconds: 60 } } });
  api.credentialFunction.known.set(KEY, { tenant_id: TENANT, user_id: 'user_1' });
});

const status = async (options: { key?: string; bearer?: string } = { key: KEY }) =>
  (await api.call('GET', `${T}/webhooks/account-secret`, options)).status;

describe("the platform's function", () => {
  test('turns a credential into a tenant and a user', async () => {
    expect(await status()).toBe(200);
    expect(api.audit).toMatchObject([{ actor: 'function:user_1', tenantId: TENANT }]);
    expect(api.credentialFunction.asked).toEqual([{ credential: KEY, source: 'x-api-key' }]);
  });

  test('is told by which header it came, and asked about tokens of nobody that is known', async () => {
    const base64url = (text: string) => Buffer.from(text).toString('base64url');
    const token = `${base64url('{"alg":"ES256"}')}.${base64url('{"iss":"https://login.example.com"}')}.c2lnbmVk`;
    api.credentialFunction.known.set(token, { tenant_id: TENANT });
    expect(await status({ bearer: token })).toBe(200);
    expect(api.credentialFunction.asked).toEqual([{ credential: token, source: 'bearer' }]);
  });

  test('never sees the operator key or a portal token', async () => {
    const { json } = await api.call('POST', '/portal-sessions', { body: { tenant_id: TENANT } });
    await status({ key: OPERATOR_KEY });
    await status({ bearer: (json as { token: string }).token });
    await status({ bearer: (json as { token: string }).token.slice(0, -3) });
    expect(api.credentialFunction.asked).toEqual([]);
  });

  test('is asked again after its time', async () => {
    await status();
    api.credentialFunction.known.delete(KEY);
    api.clock.advance(59_999);
    expect(await status()).toBe(200);
    api.clock.advance(1);
    expect(await status()).toBe(401);
    expect(api.credentialFunction.asked).toHaveLength(2);
  });

  test.each([[null], [{}]])('that answers %p does not know the credential, and is asked again soon', async (answer) => {
    api.credentialFunction.known.set('new', answer);
    expect([await status({ key: 'new' }), await status({ key: 'new' })]).toEqual([401, 401]);
    expect(api.credentialFunction.asked).toHaveLength(1);
    api.credentialFunction.known.set('new', { tenant_id: TENANT });
    api.clock.advance(5_000);
    expect(await status({ key: 'new' })).toBe(200);
  });

  test('is asked every time where nothing is to be kept', async () => {
    api = setUp({ auth: { lambda: { functionName: 'credentials', cacheSeconds: 0 } } });
    api.credentialFunction.known.set(KEY, { tenant_id: TENANT });
    await status();
    await status();
    expect(api.credentialFunction.asked).toHaveLength(2);
  });

  test('that fails is 503, never 401, and no answer', async () => {
    api.credentialFunction.faults.refuse(1);
    expect([await status(), await status()]).toEqual([503, 200]);
  });

  test.each([[{ tenant_id: 'org_1' }], [{ tenant_id: 7 }], ['yes'], [{ tenant_id: TENANT, scopes: 'webhooks:read' }]])(
    'that answers %p is broken: 503',
    async (answer) => {
      api.credentialFunction.known.set(KEY, answer);
      expect(await status()).toBe(503);
    },
  );

  test('is not asked where there is none', async () => {
    api = setUp();
    api.credentialFunction.known.set(KEY, { tenant_id: TENANT });
    expect(await status()).toBe(401);
    expect(api.credentialFunction.asked).toEqual([]);
  });
});
