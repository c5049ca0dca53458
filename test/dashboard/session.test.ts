import type * as Clock from '../../dashboard/session/server-clock';
import type * as Sessions from '../../dashboard/session/session';
import { SessionStore, type TokenStorage } from '../../dashboard/session/session';
import { readClaims } from '../../dashboard/session/token';

const NOW_S = Math.floor(Date.now() / 1000);
const tokenOf = (claims: object) =>
  ['{"alg":"HS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
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
  expect(readClaims(tokenOf({ ...GOOD, tenant: 'організація' }))).toEqual({
    tenant: 'організація',
    scopes: new Set(['webhooks:read', 'webhooks:write']),
    issuedAt: GOOD.iat * 1000,
    expiresAt: GOOD.exp * 1000,
  });
});

test.each(['', 'nonsense', 'a.b.c', tokenOf({}), tokenOf({ ...GOOD, exp: 'never' }), tokenOf({ ...GOOD, tenant: 7 })])(
  '%s is no token',
  (token) => expect(readClaims(token)).toBeUndefined(),
);

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

/** The page as it is just loaded: it has heard nothing of the server yet. */
function loaded(storage = new Stored()) {
  let page!: typeof Clock & typeof Sessions;
  jest.isolateModules(() => {
    page = {
      ...jest.requireActual<typeof Clock>('../../dashboard/session/server-clock'),
      ...jest.requireActual<typeof Sessions>('../../dashboard/session/session'),
    };
  });
  return { ...page, storage, sessions: new page.SessionStore(() => storage, 'one') };
}
const httpDate = (inMs: number) => new Date(Date.now() + inMs).toUTCString();

test('a token that is over opens nothing and is forgotten', () => {
  const { sessions, storage, noteServerDate } = loaded();
  noteServerDate(httpDate(0));
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

test('a computer whose clock is two hours fast opens a link, and knows from the first answer when it ends', () => {
  const { sessions, noteServerDate, serverNow, isPast } = loaded();
  const [issued, ends] = [NOW_S - 7200, NOW_S - 3600];
  sessions.open(tokenOf({ ...GOOD, iat: issued, exp: ends }));
  expect(sessions.current()).toMatchObject({ kind: 'open' });
  expect(isPast(ends * 1000)).toBe(false);
  noteServerDate(httpDate(-2 * 3_600_000));
  expect(Math.abs(serverNow() - issued * 1000)).toBeLessThan(10_000);
  expect(isPast(ends * 1000)).toBe(false);
  noteServerDate(httpDate(-3_500_000));
  expect(isPast(ends * 1000)).toBe(true);
});

test('by a clock that is not known yet nothing is over, and a token from before a reload goes on', () => {
  const { sessions, storage, isPast } = loaded();
  storage.setItem('one', tokenOf({ ...GOOD, iat: NOW_S - 7200, exp: NOW_S - 3600 }));
  sessions.restore();
  expect(sessions.current()).toMatchObject({ kind: 'open' });
  expect(isPast(0)).toBe(false);
});

describe('what is kept on the screen', () => {
  const settled = () => new Promise<void>((resolve) => queueMicrotask(resolve));

  test('outlives the end of the session, which is told, until nothing keeps it', async () => {
    const { sessions, storage } = loaded();
    sessions.open(tokenOf(GOOD));
    const [first, second] = [sessions.keep(), sessions.keep()];
    const heard: unknown[] = [];
    sessions.subscribe(() => heard.push(sessions.current()));
    sessions.close('expired');
    sessions.close('expired');
    expect(heard).toEqual([expect.objectContaining({ kind: 'open', over: true })]);
    expect(storage.items.size).toBe(0);
    first();
    await settled();
    expect(sessions.current()).toMatchObject({ kind: 'open' });
    second();
    await settled();
    expect(sessions.current()).toEqual({ kind: 'closed', why: 'expired' });
  });

  test('gives way to another link afterwards, whatever becomes of the first session meanwhile', async () => {
    const { sessions } = loaded();
    sessions.open(tokenOf(GOOD));
    const release = sessions.keep();
    const gone: string[] = [];
    sessions.goTo = (page) => gone.push(page);
    sessions.open(tokenOf({ ...GOOD, tenant: 'org_2' }), 'uk', '/events');
    sessions.close('refused');
    expect(sessions.current()).toMatchObject({ kind: 'open', over: true, claims: { tenant: GOOD.tenant } });
    release();
    await settled();
    expect(sessions.current()).toMatchObject({ kind: 'open', claims: { tenant: 'org_2' } });
    expect(sessions.current()).not.toHaveProperty('over');
    expect(gone).toEqual(['/events']);
  });

  test('is handed over from one keeper to the next', async () => {
    const { sessions } = loaded();
    sessions.open(tokenOf(GOOD));
    const pending = sessions.keep();
    sessions.close('expired');
    pending();
    sessions.keep();
    await settled();
    expect(sessions.current()).toMatchObject({ kind: 'open' });
  });
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
