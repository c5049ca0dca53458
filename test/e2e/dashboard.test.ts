/**
 * The dashboard as it is deployed: that what API Gateway gives to a browser is what was built, and that a token stays
 * where it is.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { readFolder } from '../../lambda/adapters/node/folder';
import { projectRoot } from '../../local/paths';
import { openPortal } from '../../local/portal-link';
import { loggedLines } from './handler-logs';
import { ManagementClient } from './management-client';
import { Platform } from './platform';

const leapocr = new Platform('leapocr');
const rekognita = new Platform('rekognita');
const SITE = join(projectRoot, 'assets', 'dashboard', 'site');
const built = [...readFolder(SITE).keys()].filter((name) => name !== 'index.html' && !/\.(br|gz)$/.test(name));

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** By Node.js's own client, which decodes nothing and follows nothing. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  stack = leapocr.stack,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(stack.dashboardUrl + path, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

const settingsIn = ({ body }: Answer) =>
  JSON.parse(/id="settings"[^>]*>([^]*?)<\/script>/.exec(body.toString())![1]!) as Record<string, unknown>;

test('the page comes with its settings, and a nonce that no other request has', async () => {
  const [first, second] = [await ask(''), await ask('')];
  expect(first).toMatchObject({
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  });
  expect(settingsIn(first)).toMatchObject({
    name: 'LeapOCR',
    tenantPath: '/organizations/{organization_id}/teams/{team_id}',
    subscriptions: true,
    accountSecret: false,
  });
  expect(settingsIn(await ask('', {}, 'GET', rekognita.stack))).toMatchObject({
    name: 'Rekognita',
    tenantPath: '/tenants/{tenant_id}',
    subscriptions: false,
    accountSecret: true,
  });
  const nonces = [first, second].map(
    ({ headers }) => /'nonce-([A-Za-z0-9+/=]{24})'/.exec(headers['content-security-policy'] as string)![1]!,
  );
  expect(nonces[0]).not.toBe(nonces[1]);
  [first, second].forEach(({ body }, index) => expect(body.toString()).toContain(`nonce="${nonces[index]}"`));
});

test('the page asks for nothing but files that there are, and none by an address of its own making', async () => {
  const html = (await ask('')).body.toString();
  const asked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
    .map(([, address]) => address!)
    .filter((address) => !address.startsWith('data:'));
  expect(asked.length).toBeGreaterThan(0);
  for (const address of asked) expect(built.map((name) => `./portal/${name}`)).toContain(address);
});

test('every file arrives byte for byte, in every coding', async () => {
  expect(built.length).toBeGreaterThan(0);
  for (const name of built) {
    const file = readFileSync(join(SITE, name));
    for (const [coding, decoded] of Object.entries({
      br: brotliDecompressSync,
      gzip: gunzipSync,
      identity: (bytes: Buffer) => bytes,
    })) {
      const { status, headers, body } = await ask(`/${name}`, { 'accept-encoding': coding });
      const said = headers['content-encoding'] ?? 'identity';
      expect({ name, status, said }).toEqual({
        name,
        status: 200,
        said: ['identity', coding].includes(said as string) ? said : coding,
      });
      expect({ name, coding, same: (said === 'identity' ? body : decoded(body)).equals(file) }).toEqual({
        name,
        coding,
        same: true,
      });
    }
  }
});

test('what the browser has is not sent again, and HEAD sends nothing', async () => {
  const [name] = built as [string];
  const { headers } = await ask(`/${name}`, { 'accept-encoding': 'br' });
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const again = await ask(`/${name}`, { 'accept-encoding': 'br', 'if-none-match': headers.etag as string });
  expect({ status: again.status, bytes: again.body.length, etag: again.headers.etag }).toEqual({
    status: 304,
    bytes: 0,
    etag: headers.etag,
  });
  const head = await ask(`/${name}`, { 'accept-encoding': 'br' }, 'HEAD');
  expect({
    status: head.status,
    bytes: head.body.length,
    type: head.headers['content-type'],
    etag: head.headers.etag,
  }).toEqual({ status: 200, bytes: 0, type: headers['content-type'], etag: headers.etag });
});

test.each(['/assets/gone-12345678.js', '/..%2findex.js', '/assets%2f', '/index.html'])(
  '%s is nothing',
  async (path) => {
    const { status, headers, body } = await ask(path, { accept: 'text/html' });
    expect({ status, type: headers['content-type'], page: body.toString().includes('id="root"') }).toEqual({
      status: 404,
      type: 'text/html; charset=utf-8',
      page: false,
    });
  },
);

test('what is no method of it is said to be none', async () => {
  expect(await ask('', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
});

test('a portal session’s link opens the dashboard: at the address that AWS gave it', async () => {
  const operator = new ManagementClient(leapocr.stack.apiUrl, leapocr.stack.operatorApiKey);
  const { token, url } = await operator.done<{ token: string; url: string }>('POST', '/portal-sessions', {
    tenant_id: leapocr.newTenant(),
  });
  expect(url.replace(token, 'TOKEN')).toMatch(/^https?:\/\/[^/?#]+\/portal#token=TOKEN$/);
});

test('the local stack’s link opens it here, with a token that the API takes, for its tenant alone', async () => {
  const tenant = rekognita.newTenant();
  const link = new URL(await openPortal(rekognita.stack, tenant));
  expect(link.href.startsWith(`${rekognita.stack.dashboardUrl}#token=`)).toBe(true);
  const customer = new ManagementClient(
    rekognita.stack.apiUrl,
    `Bearer ${new URLSearchParams(link.hash.slice(1)).get('token')}`,
  );
  expect(await customer.done('GET', `/tenants/${tenant}/webhooks/account-secret`)).toMatchObject({
    secret: expect.stringMatching(/^whsec_/) as string,
  });
  expect((await customer.call('GET', '/tenants/somebody_else/webhooks/account-secret')).status).toBe(404);
  await expect(openPortal(rekognita.stack, 'no/tenant/here')).rejects.toThrow(
    'The management API made no portal session for "no/tenant/here": 400',
  );
});

test('a line of the log for every request, without what somebody put behind the path or into headers', async () => {
  const secret = 'token-in-the-wrong-place';
  await ask(`/not-there?token=${secret}`, {
    authorization: `Bearer ${secret}`,
    referer: `https://app.acme.com/?token=${secret}`,
  });
  let lines: Record<string, unknown>[] = [];
  for (const end = Date.now() + 10_000; lines.length === 0 && Date.now() < end;) {
    const all = await loggedLines(leapocr.local);
    expect(all.filter((line) => line.includes(secret))).toEqual([]);
    lines = all
      .filter((line) => line.includes('/portal/not-there'))
      .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>);
  }
  expect(lines[0]).toMatchObject({ message: 'request', method: 'GET', path: '/portal/not-there', status: 404 });
});
