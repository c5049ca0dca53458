import { createServer } from 'node:http';
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
  sign,
  type SigningOptions,
} from 'node:crypto';
import { type AddressInfo } from 'node:net';
import type { TokenIssuer } from '../../../lambda/api/auth/auth-settings';
import { GuardedDocuments } from '../../../lambda/adapters/http/guarded-documents';
import { DEVELOPMENT_POLICY } from '../../../lambda/core/endpoint/endpoint-policy';
import { type Harness, setUp, T, TENANT } from '../harness';

const ISSUER = 'https://login.example.com';
const AUDIENCE = 'webhooks-api';

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly jwk: object;
}

function newKeyPair(alg: Key['alg']): KeyPairKeyObjectResult {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}

function newKey(kid: string, alg: 'ES256' | 'RS256' | 'PS256' | 'EdDSA'): Key {
  const { privateKey, publicKey } = newKeyPair(alg);
  return { kid, alg, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } };
}

const KEYS = {
  ES256: newKey('es', 'ES256'),
  RS256: newKey('rs', 'RS256'),
  PS256: newKey('ps', 'PS256'),
  EdDSA: newKey('ed', 'EdDSA'),
};
const LATER = newKey('later', 'ES256');

const SIGN_OPTIONS: Partial<Record<string, SigningOptions>> = {
  ES256: { dsaEncoding: 'ieee-p1363' },
  PS256: { padding: 6, saltLength: 32 },
};

/** RFC 7515 by node:crypto, not by the library that is to verify it. */
function token({ kid, alg, privateKey }: Key, claims: object, header: object = {}): string {
  const input = [{ alg, kid, ...header }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const options = SIGN_OPTIONS[alg] ?? {};
  const signature = sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), { key: privateKey, ...options });
  return `${input}.${signature.toString('base64url')}`;
}

/** The identity provider: its keys, and how often they were asked for. */
let published: Key[];
let fetches: number;
let broken: boolean;
const provider = createServer((_request, response) => {
  fetches += 1;
  if (broken) response.writeHead(500).end();
  else response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
});
beforeAll(() => new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => provider.close(resolve)));

let api: Harness;
function harness(changes: Partial<TokenIssuer> = {}): Harness {
  const jwksUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/.well-known/jwks.json`;
  return setUp({
    auth: {
      jwt: [
        {
          issuer: ISSUER,
          audience: AUDIENCE,
          tenantClaim: 'https://example.com/tenant',
          userClaim: 'sub',
          jwksUrl,
          ...changes,
        },
      ],
    },
    ports: { documents: new GuardedDocuments({ policy: DEVELOPMENT_POLICY }) },
  });
}

beforeEach(() => {
  published = Object.values(KEYS);
  fetches = 0;
  broken = false;
  api = harness();
});

const claims = (changes: object = {}) => {
  const now = Math.floor(api.clock.now() / 1000);
  return {
    iss: ISSUER,
    aud: ['others', AUDIENCE],
    sub: 'user_1',
    'https://example.com/tenant': TENANT,
    iat: now,
    exp: now + 3600,
    ...changes,
  };
};
const statusWith = async (bearer: string, path = `${T}/webhooks/account-secret`) =>
  (await api.call('GET', path, { bearer })).status;

describe("a token of the platform's identity provider", () => {
  test.each(Object.entries(KEYS))('by %s is taken, with the rights of a tenant', async (_alg, key) => {
    const bearer = token(key, claims());
    expect(await statusWith(bearer)).toBe(200);
    expect(api.audit).toMatchObject([{ actor: 'jwt:user_1', tenantId: TENANT }]);
    expect(await statusWith(bearer, `${T}/plan`)).toBe(403);
    expect(
      (
        await api.call('POST', `${T}/events`, {
          bearer,
          body: { event_id: 'e', event_type: 'job.failed', payload: {} },
        })
      ).status,
    ).toBe(403);
  });

  test.each<[string, () => string]>([
    ['for another audience', () => token(KEYS.ES256, claims({ aud: 'others' }))],
    ['of another issuer', () => token(KEYS.ES256, claims({ iss: 'https://login.elsewhere.com' }))],
    ['expired', () => token(KEYS.ES256, claims({ exp: Math.floor(api.clock.now() / 1000) }))],
    ['without an end', () => token(KEYS.ES256, claims({ exp: undefined }))],
    ['not valid yet', () => token(KEYS.ES256, claims({ nbf: Math.floor(api.clock.now() / 1000) + 60 }))],
    ['without a tenant', () => token(KEYS.ES256, claims({ 'https://example.com/tenant': undefined }))],
    ['for a tenant that is none', () => token(KEYS.ES256, claims({ 'https://example.com/tenant': 'org_1#x/team_1' }))],
    ['by a key that is not published', () => token({ ...LATER, kid: 'es' }, claims())],
    ['unsigned', () => `${token(KEYS.ES256, claims(), { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
    ['by a public key taken for a shared secret', () => hmacByPublicKey(claims())],
    ['said to be by another algorithm', () => token(KEYS.RS256, claims(), { alg: 'RS384' })],
    ['by an algorithm that is not on the list, however well signed', () => byUnlistedAlgorithm(claims())],
  ])('%s is not taken', async (_what, bearer) => {
    expect(await statusWith(bearer())).toBe(401);
  });

  test('has the scopes of its claim where there is to be one, and without it none', async () => {
    api = harness({ scopeClaim: 'permissions' });
    const status = (permissions?: unknown) => statusWith(token(KEYS.ES256, claims({ permissions })), `${T}/webhooks`);
    expect(await status('openid webhooks:read')).toBe(200);
    expect(await status(['webhooks:read', 1])).toBe(200);
    expect([await status('openid'), await status(), await status(7)]).toEqual([403, 403, 403]);
  });

  test('leads to no tenant but its own', async () => {
    expect(await statusWith(token(KEYS.ES256, claims()), '/organizations/org_2/teams/team_2/webhooks')).toBe(404);
  });
});

function hmacByPublicKey(payload: object): string {
  const input = [{ alg: 'HS256', kid: 'rs' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${createHash('sha256')
    .update(JSON.stringify(KEYS.RS256.jwk) + input)
    .digest('base64url')}`;
}

/** ES384 is a good signature; the list is of what was thought about. */
function byUnlistedAlgorithm(payload: object): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  published.push({
    kid: 'es384',
    alg: 'ES384',
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'es384' },
  });
  const input = [{ alg: 'ES384', kid: 'es384' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha384', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

describe("the provider's keys", () => {
  test('are fetched when a token comes, and kept ten minutes', async () => {
    const bearer = token(KEYS.ES256, claims());
    await statusWith(bearer);
    api.clock.advance(599_999);
    await statusWith(bearer);
    expect(fetches).toBe(1);
    api.clock.advance(1);
    await statusWith(bearer);
    expect(fetches).toBe(2);
  });

  test('are fetched again for one that is unknown, every half a minute at most', async () => {
    await statusWith(token(KEYS.ES256, claims()));
    published.push(LATER);
    api.clock.advance(29_999);
    expect(await statusWith(token(LATER, claims()))).toBe(401);
    expect(fetches).toBe(1);
    api.clock.advance(1);
    expect(await statusWith(token(LATER, claims()))).toBe(200);
    expect(await statusWith(token({ ...LATER, kid: 'nobody' }, claims()))).toBe(401);
    expect(fetches).toBe(2);
  });

  test('that cannot be had are 503, and not asked for at every request', async () => {
    broken = true;
    const bearer = token(KEYS.ES256, claims());
    expect([await statusWith(bearer), await statusWith(bearer)]).toEqual([503, 503]);
    expect(fetches).toBe(1);
    broken = false;
    api.clock.advance(5_000);
    expect(await statusWith(bearer)).toBe(200);
  });

  test('are not fetched for a token of nobody that is known', async () => {
    await statusWith(token(KEYS.ES256, claims({ iss: 'https://login.elsewhere.com' })));
    expect(fetches).toBe(0);
  });

  test('are never fetched from where no webhook may go', async () => {
    api = setUp({
      auth: {
        jwt: [
          {
            issuer: ISSUER,
            audience: AUDIENCE,
            tenantClaim: 'tenant',
            userClaim: 'sub',
            jwksUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`,
          },
        ],
      },
      ports: { documents: new GuardedDocuments({ policy: { kind: 'production', ports: [443] } }) },
    });
    expect(await statusWith(token(KEYS.ES256, claims()))).toBe(503);
    expect(fetches).toBe(0);
  });
});
