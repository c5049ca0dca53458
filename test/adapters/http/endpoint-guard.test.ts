import { reason, type Reason } from '../../../lambda/core/shared/reason';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { connect as connectTcp, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import type { AttemptResult } from '../../../lambda/core/endpoint/endpoint';
import {
  DEVELOPMENT_POLICY,
  PRODUCTION_POLICY,
  type EndpointPolicy,
} from '../../../lambda/core/endpoint/endpoint-policy';
import { createDial, type Dial, type DialTarget } from '../../../lambda/adapters/http/dial';
import { EndpointClient } from '../../../lambda/adapters/http/endpoint-client';
import { CachingResolver } from '../../../lambda/adapters/http/resolver';
import { makeCertificates, type TestCertificates } from './certificates';
import { startDnsStub, type DnsStub, type RecordType, type StubReply } from './dns-stub';
import { receiving, Receivers, type Receiver } from './receivers';

const DEADLINE_MS = 4000;
const PUBLIC = '93.184.215.14';
const OTHER_PUBLIC = '93.184.215.15';
const NAME = 'hooks.acme.com';

let certificates: TestCertificates;
let dns: DnsStub;
let reply: (name: string, type: RecordType) => StubReply;
let dialled: DialTarget[];
const receivers = new Receivers();
const clients: EndpointClient[] = [];

beforeAll(() => {
  certificates = makeCertificates(NAME);
});
beforeEach(async () => {
  dialled = [];
  reply = () => 'nxdomain';
  dns = await startDnsStub((name, type) => reply(name, type));
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  receivers.close();
  dns.close();
});

/** A client whose every dial is recorded, and led to `dialTo` of this machine. */
function newClient(policy: EndpointPolicy, dialTo: Dial): EndpointClient {
  const dial: Dial = (target) => {
    dialled.push(target);
    return dialTo(target);
  };
  const client = new EndpointClient({ policy, dial, resolver: new CachingResolver({ servers: [dns.server] }) });
  clients.push(client);
  return client;
}

const nowhere: Dial = () => {
  throw new Error('nothing may be dialled');
};
const silent = () => new Socket();
const refusing = () => connectTcp({ host: '127.0.0.1', port: 1 });
const toPort = (port: number) => () => connectTcp({ host: '127.0.0.1', port });

const send = (client: EndpointClient, url: string, deadlineMs = DEADLINE_MS): Promise<AttemptResult> =>
  client.post({ tenantId: 'org_1', url, headers: {}, body: Buffer.from('{}') }, deadlineMs);

const resolvesTo = (...addresses: string[]) => {
  reply = () => ({ addresses });
};

const expectForbidden = (result: AttemptResult, rule: string) => {
  expect(result).toMatchObject({ kind: 'forbidden', reason: { code: rule } });
  expect(JSON.stringify(result)).not.toMatch(/\d+\.\d+\.\d+\.\d+|::/);
  expect(dialled).toEqual([]);
};

describe('a name', () => {
  test.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.8.8.8',
    '169.254.169.254',
    '169.254.100.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:7f00:1',
    '::ffff:5db8:d70e',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b::5db8:d70e',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    '2001:db8::1',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
  ])('that stands for %s is refused, and nothing is dialled', async (address) => {
    resolvesTo(address);
    expectForbidden(await send(newClient(PRODUCTION_POLICY, nowhere), `https://${NAME}/`), 'address-not-public');
    expect(dns.questions).toHaveLength(2);
  });

  test.each([
    ['IPv4 and IPv4', [PUBLIC, '10.0.0.1']],
    ['IPv4 and IPv6', [PUBLIC, '::1']],
    ['IPv6 and IPv4', ['2606:4700::1111', '169.254.169.254']],
    ['the last of many', [...Array.from({ length: 20 }, (_unused, index) => `93.184.215.${index + 1}`), '127.0.0.1']],
  ])('that stands for good and bad addresses is refused: %s', async (_what, addresses) => {
    resolvesTo(...addresses);
    expectForbidden(await send(newClient(PRODUCTION_POLICY, nowhere), `https://${NAME}/`), 'address-not-public');
  });

  test('that stands for a loopback address is dialled in development, but no other private one', async () => {
    const receiver = await receivers.http((_request, response) => response.end());
    resolvesTo('127.0.0.1');
    expect(
      await send(newClient(DEVELOPMENT_POLICY, toPort(receiver.port)), `http://${NAME}:${receiver.port}/`),
    ).toMatchObject({ status: 200 });
    dialled = [];
    for (const address of ['10.0.0.1', '169.254.169.254', 'fd00::1', '::ffff:7f00:1']) {
      resolvesTo(address);
      expectForbidden(await send(newClient(DEVELOPMENT_POLICY, nowhere), `http://${NAME}/`), 'address-not-public');
      resolvesTo('127.0.0.1', address);
      expectForbidden(await send(newClient(DEVELOPMENT_POLICY, nowhere), `http://${NAME}/`), 'address-not-public');
    }
  });

  test.each([
    ['https://127.0.0.1/', 'ip-literal-not-allowed'],
    ['https://[::1]/', 'ip-literal-not-allowed'],
    ['https://0x7f.1/', 'ip-literal-not-allowed'],
    ['https://localhost/', 'localhost-not-allowed'],
    ['https://metadata.google.internal/', 'reserved-name'],
    ['http://hooks.acme.com/', 'scheme-not-allowed'],
    ['https://hooks.acme.com:22/', 'port-not-allowed'],
    ['https://u@hooks.acme.com/', 'userinfo-not-allowed'],
  ])('that the URL rules refuse is not even resolved: %s', async (url, rule) => {
    resolvesTo(PUBLIC);
    expectForbidden(await send(newClient(PRODUCTION_POLICY, nowhere), url), rule);
    expect(dns.questions).toEqual([]);
  });

  test.each<readonly [string, StubReply, Reason]>([
    ['does not exist', 'nxdomain', reason('name-not-found')],
    ['has no address', { addresses: [] }, reason('name-without-address')],
    ['cannot be resolved', 'servfail', reason('name-unresolved', { detail: 'ESERVFAIL' })],
  ])('that %s is a dns failure', async (_what, said, expected) => {
    reply = () => said;
    expect(await send(newClient(PRODUCTION_POLICY, nowhere), `https://${NAME}/`)).toMatchObject({
      kind: 'transport',
      failure: 'dns',
      reason: expected,
    });
    expect(dialled).toEqual([]);
  });

  test('whose name server keeps silent ends at the deadline', async () => {
    reply = () => 'silence';
    expect(await send(newClient(PRODUCTION_POLICY, nowhere), `https://${NAME}/`, 200)).toMatchObject({
      failure: 'timeout',
      phase: 'resolve',
    });
    expect(dialled).toEqual([]);
  });
});

describe('a name that changes its address (DNS rebinding)', () => {
  let receiver: Receiver;
  let client: EndpointClient;

  beforeEach(async () => {
    receiver = await receivers.https(
      certificates.valid,
      receiving((request, _message, response) => {
        response.writeHead(200, request.url === '/last' ? { connection: 'close' } : {}).end();
      }),
    );
    const tls = createDial(certificates.ca);
    client = newClient(PRODUCTION_POLICY, (target) => tls({ ...target, address: '127.0.0.1', port: receiver.port }));
  });

  test('between the check and the connection is connected to at the address that was checked', async () => {
    let asked = 0;
    reply = () => ({ addresses: [(asked += 1) <= 2 ? PUBLIC : '127.0.0.1'] });
    expect(await send(client, `https://${NAME}/`)).toMatchObject({ kind: 'answered', status: 200 });
    expect(dialled).toEqual([{ address: PUBLIC, port: 443, verifiedName: NAME }]);
    expect(dns.questions).toHaveLength(2); // A and AAAA, once: nobody resolved it again
  });

  test('does not redirect a connection that is open', async () => {
    resolvesTo(PUBLIC);
    await send(client, `https://${NAME}/`);
    resolvesTo('127.0.0.1');
    expect(await send(client, `https://${NAME}/`)).toMatchObject({ kind: 'answered', status: 200 });
    expect(dialled).toHaveLength(1);
    expect(receiver.connections()).toBe(1);
  });

  test('is refused at the next connection', async () => {
    resolvesTo(PUBLIC);
    await send(client, `https://${NAME}/last`);
    dialled = [];
    resolvesTo('127.0.0.1');
    expectForbidden(await send(client, `https://${NAME}/`), 'address-not-public');
    expect(receiver.connections()).toBe(1);
  });

  test('is refused at a second connection that is opened beside the first', async () => {
    resolvesTo(PUBLIC);
    await send(client, `https://${NAME}/`);
    resolvesTo('10.0.0.1');
    const results = await Promise.all([send(client, `https://${NAME}/`), send(client, `https://${NAME}/`)]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['answered', 'forbidden']);
    expect(dialled.map(({ address }) => address)).toEqual([PUBLIC]);
  });
});

describe('the addresses of a name', () => {
  test('are tried in order until one answers', async () => {
    const receiver = await receivers.http((_request, response) => response.end());
    resolvesTo(PUBLIC, OTHER_PUBLIC);
    const client = newClient(DEVELOPMENT_POLICY, ({ address }) =>
      address === PUBLIC ? refusing() : toPort(receiver.port)(),
    );
    expect(await send(client, `http://${NAME}/`)).toMatchObject({ kind: 'answered', status: 200 });
    expect(dialled.map(({ address }) => address).sort()).toEqual([PUBLIC, OTHER_PUBLIC]);
  });

  test('are not waited for: a silent one is given up for the next, and closed', async () => {
    const receiver = await receivers.http((_request, response) => response.end());
    const sockets: Socket[] = [];
    resolvesTo(PUBLIC, '2606:4700::1111');
    const client = newClient(DEVELOPMENT_POLICY, ({ address }) => {
      const socket = address === PUBLIC ? silent() : toPort(receiver.port)();
      sockets.push(socket);
      return socket;
    });
    expect(await send(client, `http://${NAME}/`)).toMatchObject({ kind: 'answered', status: 200 });
    expect(dialled.map(({ address }) => address)).toEqual([PUBLIC, '2606:4700::1111']);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false]);
  });

  test('that all refuse make a refused connection, after six at most', async () => {
    resolvesTo(...Array.from({ length: 20 }, (_unused, index) => `93.184.215.${index + 1}`));
    expect(await send(newClient(DEVELOPMENT_POLICY, refusing), `http://${NAME}/`)).toMatchObject({
      kind: 'transport',
      failure: 'refused',
    });
    expect(dialled).toHaveLength(6);
  });

  test('that all keep silent end at the deadline, and are closed', async () => {
    const sockets: Socket[] = [];
    resolvesTo(PUBLIC, OTHER_PUBLIC);
    const client = newClient(PRODUCTION_POLICY, () => {
      const socket = silent();
      sockets.push(socket);
      return socket;
    });
    expect(await send(client, `https://${NAME}/`, 400)).toMatchObject({ failure: 'timeout', phase: 'connect' });
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });
});

describe('TLS', () => {
  const toReceiver = ({ port }: { readonly port: number }): EndpointClient => {
    const tls = createDial(certificates.ca);
    resolvesTo(PUBLIC);
    return newClient(PRODUCTION_POLICY, (target) => tls({ ...target, address: '127.0.0.1', port }));
  };

  test.each(['', '.'])(
    "is verified against the URL's name, which is also the server name and the host (%j after it)",
    async (dot) => {
      let host: string | undefined;
      let servername: string | false | null | undefined;
      const receiver = await receivers.https(
        certificates.valid,
        receiving((request, message, response) => {
          host = request.headers.host;
          ({ servername } = message.socket as TLSSocket & { servername?: string | false | null });
          response.end();
        }),
      );
      expect(await send(toReceiver(receiver), `https://${NAME}${dot}/`)).toMatchObject({
        kind: 'answered',
        status: 200,
      });
      expect({ host, servername }).toEqual({ host: NAME + dot, servername: NAME });
      expect(dns.questions).toContain(`A ${NAME}`);
    },
  );

  test.each<readonly [Exclude<keyof TestCertificates, 'ca'>, Reason]>([
    ['expired', reason('certificate-expired-days', { days: 3 })],
    ['notYetValid', reason('certificate-not-yet-valid')],
    ['wrongName', reason('certificate-wrong-name')],
    ['selfSigned', reason('certificate-self-signed')],
    ['unknownAuthority', reason('certificate-unknown-issuer')],
  ])('with a certificate that is %s fails each time, before anything is sent', async (which, expected) => {
    let requests = 0;
    const receiver = await receivers.https(certificates[which], () => (requests += 1));
    const client = toReceiver(receiver);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await send(client, `https://${NAME}/`)).toEqual({
        kind: 'transport',
        failure: 'tls',
        reason: expected,
        latencyMs: expect.any(Number) as number,
      });
    }
    expect(requests).toBe(0);
  });

  test('that the server does not speak', async () => {
    const receiver = await receivers.tcp((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    expect(await send(toReceiver(receiver), `https://${NAME}/`)).toMatchObject({
      failure: 'tls',
      reason: reason('tls-not-spoken'),
    });
  });

  test('of an old version', async () => {
    const receiver = await receivers.listen(
      createTlsServer({
        ...certificates.valid,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
      'https',
    );
    expect(await send(toReceiver(receiver), `https://${NAME}/`)).toMatchObject({
      failure: 'tls',
      reason: reason('tls-too-old'),
    });
  });

  test('that is broken off', async () => {
    const receiver = await receivers.tcp((socket) => socket.once('data', () => socket.destroy()));
    expect(await send(toReceiver(receiver), `https://${NAME}/`)).toMatchObject({
      failure: 'reset',
      reason: reason('tls-closed'),
    });
  });

  test('is spoken with HTTP/1.1, also to a server that would rather have HTTP/2', async () => {
    let httpVersion: string | undefined;
    const server = createSecureServer({ ...certificates.valid, allowHTTP1: true }, (request, response) => {
      ({ httpVersion } = request);
      response.end();
    });
    expect(await send(toReceiver(await receivers.listen(server, 'https')), `https://${NAME}/`)).toMatchObject({
      status: 200,
    });
    expect(httpVersion).toBe('1.1');
  });

  test('trusts no test authority by default, and that of NODE_EXTRA_CA_CERTS', async () => {
    const receiver = await receivers.https(certificates.valid, (_request, response) => response.end());
    const folder = mkdtempSync(join(tmpdir(), 'extra-ca-'));
    try {
      writeFileSync(join(folder, 'ca.pem'), certificates.ca);
      const run = async (env: NodeJS.ProcessEnv): Promise<AttemptResult> => {
        const args = ['--import', 'tsx', join(__dirname, 'post-once.ts'), receiver.url, NAME];
        const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
        return JSON.parse(stdout) as AttemptResult;
      };
      const [without, withExtra] = await Promise.all([run({}), run({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })]);
      expect(without).toMatchObject({ kind: 'transport', failure: 'tls' });
      expect(withExtra).toMatchObject({ kind: 'answered', status: 200 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 20_000);
});
