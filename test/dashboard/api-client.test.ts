import { concreteTenantPath, dataOf, makeClient } from '../../dashboard/api/client';
import { apiError, mayBeDone, Unreachable } from '../../dashboard/api/error';

test('the tenant’s parts go into the platform’s path', () => {
  expect(concreteTenantPath('/organizations/{organization_id}/teams/{team_id}', 'org_1/team_1')).toBe(
    '/organizations/org_1/teams/team_1',
  );
  expect(concreteTenantPath('/tenants/{tenant_id}', 'a b?')).toBe('/tenants/a%20b%3F');
});

test('calls carry the token, and a refusal of it is told', async () => {
  const asked: Request[] = [];
  const fetched = globalThis.fetch;
  globalThis.fetch = (input) => {
    asked.push(input as Request);
    return Promise.resolve(new Response('{"code":"AUTHENTICATION_ERROR","error":{"message":"no"}}', { status: 401 }));
  };
  try {
    let refused = 0;
    const client = makeClient({
      base: 'http://127.0.0.1/x/api/v1/',
      tenantPath: '/organizations/{organization_id}/teams/{team_id}',
      tenant: 'org_1/team_1',
      token: 'a.b.c',
      onUnauthenticated: () => (refused += 1),
    });
    await client.GET('/tenants/{tenant_id}/webhooks/{webhook_id}', {
      params: { path: { tenant_id: '', webhook_id: '../plan' } },
    });
    expect(asked[0]!.url).toBe('http://127.0.0.1/x/api/v1/organizations/org_1/teams/team_1/webhooks/..%2Fplan');
    expect(asked[0]!.headers.get('authorization')).toBe('Bearer a.b.c');
    expect(refused).toBe(1);
  } finally {
    globalThis.fetch = fetched;
  }
});

test.each(['no answer', 'half an answer'])(
  'a call that gets %s is given up in time, and said to be without one',
  async (what) => {
    const fetched = globalThis.fetch;
    globalThis.fetch = (_input, init) => {
      const givenUp = <T>() =>
        new Promise<T>((_resolve, reject) =>
          init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error)),
        );
      if (what === 'no answer') return givenUp();
      return Promise.resolve(
        new Response(new ReadableStream({ pull: () => givenUp<void>() }), {
          headers: { 'content-type': 'application/json' },
        }),
      );
    };
    try {
      const client = makeClient({
        base: 'http://127.0.0.1/api/v1/',
        tenantPath: '/tenants/{tenant_id}',
        tenant: 'org_1',
        token: 'a.b.c',
        onUnauthenticated: () => undefined,
        patience: 1,
      });
      await expect(dataOf(client.GET('/webhooks/event-catalog'))).rejects.toBeInstanceOf(Unreachable);
    } finally {
      globalThis.fetch = fetched;
    }
  },
);

test('without an answer of the API itself, what was asked for may be done', () => {
  expect(
    [
      new Unreachable('no'),
      apiError(answer(504), undefined),
      apiError(answer(500), undefined),
      apiError(answer(400), undefined),
      null,
    ].map(mayBeDone),
  ).toEqual([true, true, false, false, false]);
});

const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers: new Headers(headers) });

test('an error says what the server said, with the codes that it gave', () => {
  const body = {
    code: 'VALIDATION_ERROR',
    error: { message: 'url: is required', code: 'required', params: {} },
    details: [
      { field: 'url', message: 'is required', code: 'required' },
      { field: 'headers.date', message: 'is taken', code: 'header-name-reserved', params: { x: 1 } },
    ],
  };
  expect(apiError(answer(400, { 'x-request-id': 'r1' }), body)).toMatchObject({
    status: 400,
    message: 'url: is required',
    reason: { text: 'url: is required', code: 'required', params: {} },
    details: [
      { field: 'url', reason: { text: 'is required', code: 'required' } },
      { field: 'headers.date', reason: { text: 'is taken', code: 'header-name-reserved', params: { x: 1 } } },
    ],
    requestId: 'r1',
  });
});

test('an error without codes is its sentences', () => {
  const body = {
    code: 'VALIDATION_ERROR',
    error: { message: 'url: is required' },
    details: [{ field: 'url', message: 'is required' }],
  };
  const { reason, details } = apiError(answer(400), body);
  expect({ reason, details }).toEqual({
    reason: { text: 'url: is required' },
    details: [{ field: 'url', reason: { text: 'is required' } }],
  });
});

test('API Gateway’s own answers are understood, and so is what is no JSON', () => {
  expect(apiError(answer(429, { 'retry-after': '7' }), { message: 'Too Many Requests' })).toMatchObject({
    message: 'Too Many Requests',
    reason: { text: 'Too Many Requests' },
    retryAfterSeconds: 7,
  });
  expect(apiError(answer(502), '<html>')).toMatchObject({ status: 502, message: '', details: [] });
  expect(apiError(answer(500), undefined)).toMatchObject({ status: 500, message: '' });
});
