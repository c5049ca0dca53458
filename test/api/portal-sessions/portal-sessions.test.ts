import { createHmac } from 'node:crypto';
import { type Harness, OPERATOR_KEY, PORTAL_KEY, SERVICE, setUp, T, TENANT } from '../harness';

const SECOND_KEY = 'second'.padEnd(64, '0');

let api: Harness;
beforeEach(() => {
  api = setUp();
});

interface Session {
  readonly token: string;
  readonly expires_at: string;
}

const session = async (body: object = {}) =>
  (await api.call('POST', '/portal-sessions', { body: { tenant_id: TENANT, ...body } })).json as Session;
const statusWith = async (bearer: string, path = `${T}/webhooks`) => (await api.call('GET', path, { bearer })).status;

/** Signed by hand: the oracle is RFC 7515, not the library. */
function signed(header: object, claims: object, key = PORTAL_KEY): string {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

const HEADER = { alg: 'HS256', kid: 'k1', typ: 'JWT' };
const claims = (changes: object = {}) => {
  const now = Math.floor(api.clock.now() / 1000);
  return {
    iss: 'cdk-webhooks',
    aud: SERVICE,
    sub: 'user_1',
    tenant: TENANT,
    scope: 'webhooks:read',
    iat: now,
    exp: now + 600,
    ...changes,
  };
};

describe('a portal session', () => {
  test('is a token for one tenant, for an hour', async () => {
    const { status, json } = await api.call('POST', '/portal-sessions', {
      body: { tenant_id: TENANT, user_id: 'user_1' },
    });
    expect(status).toBe(201);
    expect(json).toEqual({
      token: expect.any(String) as string,
      expires_at: '2026-03-19T11:21:44.000Z',
      scopes: ['webhooks:read', 'webhooks:write'],
    });
    const [header, payload] = (json as Session).token
      .split('.', 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
    expect(header).toEqual(HEADER);
    expect(payload).toEqual({
      iss: 'cdk-webhooks',
      aud: SERVICE,
      sub: 'user_1',
      tenant: TENANT,
      scope: 'webhooks:read webhooks:write',
      iat: 1773915704,
      exp: 1773919304,
    });
    expect(await statusWith((json as Session).token)).toBe(200);
    expect(api.audit).toEqual([
      { action: 'portal-session.created', actor: 'operator:k1', tenantId: TENANT, resource: 'user_1' },
    ]);
  });

  test('opens the dashboard where there is one, with the token where no server sees it', async () => {
    const { call } = setUp({ portalUrl: 'https://hooks.acme.com/portal' });
    const { token, url } = (await call('POST', '/portal-sessions', { body: { tenant_id: TENANT } })).json as {
      token: string;
      url: string;
    };
    expect(url).toBe(`https://hooks.acme.com/portal#token=${token}`);
    const { pathname, search, hash } = new URL(url);
    expect({ pathname, search, token: new URLSearchParams(hash.slice(1)).get('token') }).toEqual({
      pathname: '/portal',
      search: '',
      token,
    });
  });

  test('lasts as long as asked, and not a moment longer', async () => {
    const { token, expires_at: expiresAt } = await session({ expires_in_seconds: 60 });
    expect(expiresAt).toBe('2026-03-19T10:22:44.000Z');
    api.clock.advance(59_999);
    expect(await statusWith(token)).toBe(200);
    api.clock.advance(1);
    expect(await statusWith(token)).toBe(401);
  });

  test('has the scopes that were asked for', async () => {
    const { token } = await session({ scopes: ['webhooks:secrets', 'webhooks:read', 'webhooks:read'] });
    expect(await statusWith(token, `${T}/webhooks/account-secret`)).toBe(200);
    expect(
      (
        await api.call('POST', `${T}/webhooks`, {
          bearer: token,
          body: { url: 'https://hooks.example.com/', events: ['job.failed'] },
        })
      ).status,
    ).toBe(403);
  });

  test('may be sent as X-API-KEY, too', async () => {
    expect((await api.call('GET', `${T}/webhooks`, { key: (await session()).token })).status).toBe(200);
  });

  test.each<[string, object, string]>([
    ['producing events', { scopes: ['events:write'] }, 'scopes.0'],
    ['no scopes', { scopes: [] }, 'scopes'],
    ['more than an hour', { expires_in_seconds: 3601 }, 'expires_in_seconds'],
    ['less than a minute', { expires_in_seconds: 59 }, 'expires_in_seconds'],
    ['half a tenant', { tenant_id: 'org_1' }, 'tenant_id'],
    ['no tenant', { tenant_id: undefined }, 'tenant_id'],
    ['a tenant of dots', { tenant_id: '../team_1' }, 'tenant_id'],
    ['an empty user', { user_id: '' }, 'user_id'],
  ])('is not made for %s', async (_what, body, field) => {
    expect(await api.call('POST', '/portal-sessions', { body: { tenant_id: TENANT, ...body } })).toMatchObject({
      status: 400,
      json: { details: [{ field }] },
    });
    expect(api.audit).toEqual([]);
  });
});

describe('a token that is', () => {
  test('as it should be works', async () => {
    expect(await statusWith(signed(HEADER, claims()))).toBe(200);
  });

  test.each<[string, () => string]>([
    [
      'unsigned',
      () =>
        `${signed({ ...HEADER, alg: 'none' }, claims())
          .split('.')
          .slice(0, 2)
          .join('.')}.`,
    ],
    ['said to be unsigned, and signed', () => signed({ ...HEADER, alg: 'none' }, claims())],
    ['said to be signed otherwise', () => signed({ ...HEADER, alg: 'HS512' }, claims())],
    ['said to be asymmetric', () => signed({ ...HEADER, alg: 'RS256' }, claims())],
    ['signed by another key', () => signed(HEADER, claims(), SECOND_KEY)],
    ['signed by the operator key', () => signed(HEADER, claims(), OPERATOR_KEY)],
    ['of an unknown key', () => signed({ ...HEADER, kid: 'k2' }, claims())],
    ['of no key', () => signed({ alg: 'HS256' }, claims())],
    ['for another audience', () => signed(HEADER, claims({ aud: 'webhooks-elsewhere' }))],
    ['for no audience', () => signed(HEADER, claims({ aud: undefined }))],
    ['of another issuer', () => signed(HEADER, claims({ iss: 'somebody' }))],
    ['expired', () => signed(HEADER, claims({ exp: Math.floor(api.clock.now() / 1000) }))],
    ['without an end', () => signed(HEADER, claims({ exp: undefined }))],
    ['for longer than an hour', () => signed(HEADER, claims({ exp: Math.floor(api.clock.now() / 1000) + 3601 }))],
    ['not valid yet', () => signed(HEADER, claims({ nbf: Math.floor(api.clock.now() / 1000) + 60 }))],
    ['for no tenant', () => signed(HEADER, claims({ tenant: undefined }))],
    ['for half a tenant', () => signed(HEADER, claims({ tenant: 'org_1' }))],
    ['without scopes', () => signed(HEADER, claims({ scope: undefined }))],
    [
      'altered in its claims',
      () =>
        signed(HEADER, claims()).replace(
          /\.[^.]+\./,
          `.${Buffer.from(JSON.stringify(claims({ tenant: 'org_2/team_2' }))).toString('base64url')}.`,
        ),
    ],
    ['cut short', () => signed(HEADER, claims()).slice(0, -2)],
    ['critical of something', () => signed({ ...HEADER, crit: ['region'], region: 'eu' }, claims())],
  ])('%s is not taken', async (_what, token) => {
    const bearer = token();
    expect(await statusWith(bearer)).toBe(401);
    expect(await statusWith(bearer, '/organizations/org_2/teams/team_2/webhooks')).toBe(401);
  });

  test('said to produce events does not', async () => {
    const bearer = signed(HEADER, claims({ scope: 'webhooks:read events:write' }));
    expect(
      (
        await api.call('POST', `${T}/events`, {
          bearer,
          body: { event_id: 'e', event_type: 'job.failed', payload: {} },
        })
      ).status,
    ).toBe(403);
  });
});

describe('the ring of portal keys', () => {
  test('is turned: new tokens are by the new key, old ones work on', async () => {
    const { token } = await session();
    api.portalKeys.turn({ k1: PORTAL_KEY, k2: SECOND_KEY }, 'k2');
    const renewed = await session();
    expect(JSON.parse(Buffer.from(renewed.token.split('.')[0]!, 'base64url').toString())).toMatchObject({ kid: 'k2' });
    expect([await statusWith(token), await statusWith(renewed.token)]).toEqual([200, 200]);
  });

  test('without a key ends its tokens', async () => {
    const { token } = await session();
    api.portalKeys.turn({ k2: SECOND_KEY }, 'k2');
    expect(await statusWith(token)).toBe(401);
  });

  test('is read anew when a token names a key that is not on it', async () => {
    await statusWith(signed(HEADER, claims()));
    expect(api.portalKeys.refreshes).toBe(0);
    await statusWith(signed({ ...HEADER, kid: 'k9' }, claims()));
    expect(api.portalKeys.refreshes).toBe(1);
  });

  test('that cannot be read is 503', async () => {
    api.portalKeys.faults.refuse(1);
    expect(await statusWith(signed(HEADER, claims()))).toBe(503);
  });
});
