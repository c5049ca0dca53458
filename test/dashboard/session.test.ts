import { SessionStore, type TokenStorage } from '../../dashboard/session/session';
import { readClaims } from '../../dashboard/session/token';

const NOW_S = Math.floor(Date.now() / 1000);
const tokenOf = (claims: object) => ['{"alg":"HS256"}', JSON.stringify(claims), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');
const GOOD = { tenant: 'org_1/team_1', scope: 'webhooks:read webhooks:write', iat: NOW_S, exp: NOW_S + 600 };

class Stored implements TokenStorage {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

const refused = (): TokenStorage => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};

test('claims say whose a token is, what it may do and until when', () => {
  expect(readClaims(tokenOf({ ...GOOD, tenant: 'організація' }))).toEqual({ tenant: 'організація', scopes: new Set(['webhooks:read', 'webhooks:write']), issuedAt: GOOD.iat * 1000, expiresAt: GOOD.exp * 1000 });
});

test.each(['', 'nonsense', 'a.b.c', tokenOf({}), tokenOf({ ...GOOD, exp: 'never' }), tokenOf({ ...GOOD, tenant: 7 })])('%s is no token', (token) => expect(readClaims(token)).toBeUndefined());

test('a session outlives a load of the page in its tab, of this deployment alone', () => {
  const storage = new Stored();
  new SessionStore(() => storage, 'one').open(tokenOf(GOOD));
  const [same, other] = ['one', 'two'].map((key) => new SessionStore(() => storage, key));
  same!.restore();
  other!.restore();
  expect(same!.current()).toMatchObject({ kind: 'open', claims: { tenant: 'org_1/team_1' } });
  expect(other!.current()).toEqual({ kind: 'closed', why: 'none' });
});

test('where the browser refuses to store, it is in memory', () => {
  const sessions = new SessionStore(refused, 'one');
  sessions.restore();
  expect(sessions.current()).toEqual({ kind: 'closed', why: 'none' });
  sessions.open(tokenOf(GOOD), 'uk');
  expect(sessions.current()).toMatchObject({ kind: 'open', language: 'uk' });
});

test('a token that is over opens nothing and is forgotten', () => {
  const storage = new Stored();
  const sessions = new SessionStore(() => storage, 'one');
  sessions.open(tokenOf(GOOD));
  sessions.open(tokenOf({ ...GOOD, iat: NOW_S - 7200, exp: NOW_S - 3600 }));
  expect(sessions.current()).toEqual({ kind: 'closed', why: 'expired' });
  expect(storage.items.size).toBe(0);
});

test('a computer whose clock is behind knows from the token what time it is', () => {
  const sessions = new SessionStore(() => new Stored(), 'one');
  sessions.open(tokenOf({ ...GOOD, iat: NOW_S + 86_400, exp: NOW_S + 90_000 }));
  expect(sessions.current()).toMatchObject({ kind: 'open' });
});

test('whoever listens is told of the end, and no token stays', () => {
  const storage = new Stored();
  const sessions = new SessionStore(() => storage, 'one');
  sessions.open(tokenOf(GOOD));
  const heard: unknown[] = [];
  sessions.subscribe(() => heard.push(sessions.current()));
  sessions.close('refused');
  expect(heard).toEqual([{ kind: 'closed', why: 'refused' }]);
  expect(storage.items.size).toBe(0);
});
