import { once } from 'node:events';
import type { Socket } from 'node:net';
import { GuardedDocuments } from '../../../lambda/adapters/http/guarded-documents';
import { DEVELOPMENT_POLICY, PRODUCTION_POLICY } from '../../../lambda/core/endpoint/endpoint-policy';
import { PortUnavailable } from '../../../lambda/core/shared/errors';
import { Receivers } from './receivers';

const KIB = 1024;

const receivers = new Receivers();
afterEach(() => receivers.close());

const documents = (deadlineMs?: number) =>
  new GuardedDocuments({ policy: DEVELOPMENT_POLICY, ...(deadlineMs !== undefined && { deadlineMs }) });

test('a document is read by GET', async () => {
  const { url } = await receivers.http((request, response) =>
    response.end(`${request.method} ${request.url} ${request.headers.accept}`),
  );
  expect(await documents().get(`${url}?x=1`)).toBe('GET /hook?x=1 application/json');
});

test('its connection is not kept', async () => {
  const sockets: Socket[] = [];
  const { url } = await receivers.raw((socket) => {
    sockets.push(socket);
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
  });
  expect(await documents().get(url)).toBe('{}');
  await once(sockets[0]!, 'close');
});

test('of 256 KiB it is read, a larger one is not', async () => {
  let size = 256 * KIB;
  const { url } = await receivers.http((_request, response) => response.end('x'.repeat(size)));
  expect(await documents().get(url)).toHaveLength(size);
  size += 1;
  await expect(documents().get(url)).rejects.toThrow(PortUnavailable);
});

test.each([301, 304, 404, 500])('the answer %i is none', async (status) => {
  const { url } = await receivers.http((_request, response) =>
    response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('{}'),
  );
  await expect(documents().get(url)).rejects.toThrow(`the answer was ${status}`);
});

test.each<[string, (url: string) => Promise<string>]>([
  ['silence', () => receivers.tcp(() => undefined).then(({ url }) => url)],
  [
    'a body that does not end',
    () => receivers.http((_request, response) => response.write('{')).then(({ url }) => url),
  ],
])('%s is given up', async (_what, start) => {
  await expect(documents(200).get(await start(''))).rejects.toThrow(PortUnavailable);
});

test('nothing is asked of where the policy lets nothing go', async () => {
  const { url, connections } = await receivers.http((_request, response) => response.end());
  await expect(new GuardedDocuments({ policy: PRODUCTION_POLICY }).get(url)).rejects.toThrow(PortUnavailable);
  const rebound = new GuardedDocuments({
    policy: { kind: 'production', ports: [443] },
    resolver: { resolve: () => Promise.resolve(['127.0.0.1']) },
  });
  await expect(rebound.get('https://login.example.org/keys')).rejects.toThrow(/not on the public internet|address/);
  expect(connections()).toBe(0);
});
