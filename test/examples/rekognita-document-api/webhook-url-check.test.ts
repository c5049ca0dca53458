/** The check of webhook URLs against the management API itself, with the production policy of Rekognita's profile. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebhookUrlCheck } from '../../../examples/rekognita-document-api/webhook-url-check';
import { httpEvent, OPERATOR_KEY, setUp } from '../../api/harness';

const { send } = setUp({
  profile: { tenantParts: 1, endpoints: { kind: 'production', ports: [443] } },
  catalog: { version: 1, tenantPath: '/tenants/{tenant_id}', eventTypes: [] },
});

/** The API over HTTP, or a server in its place. */
async function serve(
  answer: (path: string, key: string, body: string) => Promise<{ status: number; text: string }>,
): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(request.url!, String(request.headers['x-api-key']), Buffer.concat(chunks).toString()).then(
        ({ status, text }) => response.writeHead(status, { 'content-type': 'application/json' }).end(text),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`, server };
}
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const managementApi = () => serve((path, key, body) => send(httpEvent('POST', path, { raw: body, key }, 'request')));
const check = (apiUrl: string, keys: readonly string[] = [OPERATOR_KEY]) => {
  const left = [...keys];
  return new WebhookUrlCheck({ apiUrl, operatorKey: (fresh) => Promise.resolve(fresh ? left.at(-1)! : left[0]!) });
};

test('a public https URL is taken', async () => {
  const { url } = await managementApi();
  await expect(
    check(url).assertAcceptable('acct_1', 'https://your-server.com/webhooks/rekognita'),
  ).resolves.toBeUndefined();
});

test.each([
  ['http://your-server.com/', 'The endpoint URL must start with https://.'],
  ['https://127.0.0.1/', 'The host must be a name, not an IP address.'],
  ['https://0x7f.1/', 'The host must be a name, not an IP address.'],
  ['https://localhost/', 'The host must not be localhost.'],
  [
    'https://user:password@your-server.com/',
    'The endpoint URL must not contain a user name or password. Verify the signature instead.',
  ],
  ['https://your-server.com:8443/', 'The port must be 443.'],
  ['https://intranet.corp/', 'The host is under .corp, which is not on the public internet.'],
  ['your-server.com', 'Enter an absolute URL, such as https://hooks.your-company.com/path.'],
  [
    'https://your-server.com/\0',
    'The endpoint URL contains a space, a control character or a backslash. Percent-encode it.',
  ],
  ['', 'Enter an absolute URL, such as https://hooks.your-company.com/path.'],
])('%j is refused in the words of the guard', async (refused, message) => {
  const { url } = await managementApi();
  await expect(check(url).assertAcceptable('acct_1', refused)).rejects.toMatchObject({
    status: 400,
    code: 'invalid_request',
    param: 'webhook_url',
    message,
  });
});

test('a key that was rotated is read again', async () => {
  const { url } = await managementApi();
  await expect(
    check(url, ['old'.padEnd(64, '0'), OPERATOR_KEY]).assertAcceptable('acct_1', 'https://your-server.com/'),
  ).resolves.toBeUndefined();
});

test.each([
  [
    'answers with an error',
    () => serve(() => Promise.resolve({ status: 500, text: '{"code":"SYSTEM_ERROR"}' })),
    OPERATOR_KEY,
  ],
  ['answers in another form', () => serve(() => Promise.resolve({ status: 200, text: '{"ok":true}' })), OPERATOR_KEY],
  [
    'answers with something else than JSON',
    () => serve(() => Promise.resolve({ status: 200, text: '<html>' })),
    OPERATOR_KEY,
  ],
  ['does not know the key', managementApi, 'wrong'.padEnd(64, '0')],
  [
    'is not there',
    async () => {
      const { url, server } = await serve(() => Promise.reject(new Error('never asked')));
      server.close();
      return { url };
    },
    OPERATOR_KEY,
  ],
])('nothing is taken while the API %s', async (_what, api, key) => {
  const { url } = await api();
  await expect(check(url, [key]).assertAcceptable('acct_1', 'https://your-server.com/')).rejects.toMatchObject({
    status: 503,
    code: 'service_unavailable',
    param: 'webhook_url',
  });
});

test('nothing is taken while the key cannot be read', async () => {
  const { url } = await managementApi();
  const failing = new WebhookUrlCheck({
    apiUrl: url,
    operatorKey: () => Promise.reject(new Error('Secrets Manager does not answer')),
  });
  await expect(failing.assertAcceptable('acct_1', 'https://your-server.com/')).rejects.toMatchObject({ status: 503 });
});
