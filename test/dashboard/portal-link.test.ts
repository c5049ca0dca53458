import { parsePortalLink, takePortalLink } from '../../dashboard/session/portal-link';

test.each([
  ['#token=a.b.c', { token: 'a.b.c' }],
  ['#token=a.b.c&page=/events/job.failed&lang=uk', { token: 'a.b.c', page: '/events/job.failed', language: 'uk' }],
  ['#lang=uk&token=a.b.c', { token: 'a.b.c', language: 'uk' }],
  // a route of this page: nothing leads elsewhere
  ['#token=a.b.c&page=//elsewhere.example.com', { token: 'a.b.c', page: '//elsewhere.example.com' }],
  ['#token=a.b.c&page=javascript:alert(1)', { token: 'a.b.c' }],
])('%s is a portal link', (hash, link) => expect(parsePortalLink(hash)).toEqual(link));

test.each(['', '#', '#/webhooks', '#/events?token=a.b.c', '#token=', '#tokens=a'])('%s is none', (hash) =>
  expect(parsePortalLink(hash)).toBeUndefined(),
);

test('the token goes from the address and the history, and the place stays', () => {
  const replaced: unknown[] = [];
  const location = { hash: '#token=secret&page=/verify', pathname: '/_aws/execute-api/abc/portal', search: '' };
  const history = { replaceState: (...given: unknown[]) => replaced.push(given) };
  expect(takePortalLink({ location, history } as unknown as Window)).toMatchObject({ token: 'secret' });
  expect(replaced).toEqual([[null, '', '/_aws/execute-api/abc/portal#/verify']]);
});

test('an address without a token is left alone', () => {
  const history = { replaceState: () => fail('the history was changed') };
  expect(
    takePortalLink({ location: { hash: '#/webhooks', pathname: '/portal', search: '' }, history } as unknown as Window),
  ).toBeUndefined();
});
