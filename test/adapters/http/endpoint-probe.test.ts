import { EndpointClient } from '../../../lambda/adapters/http/endpoint-client';
import { DEVELOPMENT_POLICY, PRODUCTION_POLICY } from '../../../lambda/core/endpoint/endpoint-policy';
import { Receivers } from './receivers';

const receivers = new Receivers();
const clients: EndpointClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  receivers.close();
});

function probe(url: string, policy = DEVELOPMENT_POLICY, deadlineMs = 2000) {
  const client = new EndpointClient({ policy });
  clients.push(client);
  return client.probe({ tenantId: 'org_1', url, headers: { 'user-agent': 'Test/1.0' } }, deadlineMs);
}

test('a probe is a HEAD request without a body', async () => {
  let seen: object = {};
  const { url } = await receivers.http((request, response) => {
    seen = {
      method: request.method,
      path: request.url,
      agent: request.headers['user-agent'],
      length: request.headers['content-length'],
    };
    response.writeHead(405).end();
  });
  expect(await probe(url)).toMatchObject({ kind: 'answered', status: 405, answer: '' });
  expect(seen).toEqual({ method: 'HEAD', path: '/hook', agent: 'Test/1.0', length: undefined });
});

test('a server that sends a body to HEAD has answered all the same', async () => {
  const { url } = await receivers.raw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'));
  expect(await probe(url)).toMatchObject({ kind: 'answered', status: 200 });
});

test('two probes by one client are two connections', async () => {
  const { url, connections } = await receivers.http((_request, response) => response.end());
  const client = new EndpointClient({ policy: DEVELOPMENT_POLICY });
  clients.push(client);
  for (let count = 0; count < 2; count += 1)
    expect(await client.probe({ tenantId: 'org_1', url, headers: {} }, 2000)).toMatchObject({ kind: 'answered' });
  expect(connections()).toBe(2);
});

test('what does not answer, and what is forbidden, is said', async () => {
  const { url } = await receivers.tcp(() => undefined);
  expect(await probe(url, DEVELOPMENT_POLICY, 200)).toMatchObject({ kind: 'transport', failure: 'timeout' });
  expect(await probe(url, PRODUCTION_POLICY)).toMatchObject({ kind: 'forbidden' });
});
