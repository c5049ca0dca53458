import { reason, type ReasonCode } from '../../../lambda/core/shared/reason';
import { connect as connectTcp, Socket } from 'node:net';
import type { AttemptPhase, AttemptResult, WebhookRequest } from '../../../lambda/core/endpoint/endpoint';
import { DEVELOPMENT_POLICY } from '../../../lambda/core/endpoint/endpoint-policy';
import { NoFreeConnectionError } from '../../../lambda/adapters/http/attempt';
import type { Dial } from '../../../lambda/adapters/http/dial';
import { EndpointClient, type EndpointClientOptions } from '../../../lambda/adapters/http/endpoint-client';
import { LocalFaultError } from '../../../lambda/adapters/http/transport-failure';
import { receiving, Receivers, type ReceivedRequest } from './receivers';

const DEADLINE_MS = 5000;
const SHORT_DEADLINE_MS = 250;

const receivers = new Receivers();
const clients: EndpointClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  receivers.close();
});

function newClient(options: Partial<EndpointClientOptions> = {}): EndpointClient {
  const client = new EndpointClient({ policy: DEVELOPMENT_POLICY, ...options });
  clients.push(client);
  return client;
}

const webhook = (url: string, fields: Partial<WebhookRequest> = {}): WebhookRequest => ({
  tenantId: 'org_1',
  url,
  headers: { 'content-type': 'application/json', 'webhook-id': 'evt_1' },
  body: Buffer.from('{"a":1}'),
  ...fields,
});

const post = (url: string, deadlineMs = DEADLINE_MS): Promise<AttemptResult> =>
  newClient().post(webhook(url), deadlineMs);

const answering = (head: string) => receivers.raw((socket) => socket.write(head));

describe('what is sent', () => {
  test('is a POST of the exact bytes, with the given headers, the host and the length, and nothing else', async () => {
    let received: ReceivedRequest | undefined;
    const { url, port } = await receivers.http(
      receiving((request, _message, response) => {
        received = request;
        response.end();
      }),
    );
    const body = Buffer.from([0x7b, 0x00, 0xff, 0xfe, 0x7d]);
    await newClient().post(
      webhook(`${url}?x=1&y=%20`, { body, headers: { 'Content-Type': 'application/json', 'X-Signature': 'abc' } }),
      DEADLINE_MS,
    );
    expect(received).toMatchObject({ method: 'POST', url: '/hook?x=1&y=%20', body });
    expect(received?.rawHeaders).toEqual([
      'host',
      `127.0.0.1:${port}`,
      'connection',
      'keep-alive',
      'Content-Type',
      'application/json',
      'X-Signature',
      'abc',
      'content-length',
      '5',
    ]);
  });

  test('may be empty', async () => {
    let received: ReceivedRequest | undefined;
    const { url } = await receivers.http(
      receiving((request, _message, response) => {
        received = request;
        response.end();
      }),
    );
    await newClient().post(webhook(url, { body: new Uint8Array() }), DEADLINE_MS);
    expect(received?.headers['content-length']).toBe('0');
  });

  test.each(['host', 'Host', 'HOST'])('never has another %s header', async (name) => {
    const { url, connections } = await receivers.http((_request, response) => response.end());
    await expect(
      newClient().post(webhook(url, { headers: { [name]: 'metadata.google.internal' } }), DEADLINE_MS),
    ).rejects.toThrow(/may not contain Host/);
    expect(connections()).toBe(0);
  });

  test('is refused as our own fault when a header cannot be sent', async () => {
    const { url } = await receivers.http((_request, response) => response.end());
    await expect(
      newClient().post(webhook(url, { headers: { 'x-a': 'b\r\nx-injected: c' } }), DEADLINE_MS),
    ).rejects.toThrow(/invalid x-a header/);
  });

  test('is sent once, also when the server closes without an answer', async () => {
    let requests = 0;
    const { url } = await receivers.raw((socket) => {
      requests += 1;
      socket.destroy();
    });
    expect(await post(url)).toMatchObject({ kind: 'transport', failure: 'reset' });
    expect(requests).toBe(1);
  });
});

describe('an answer', () => {
  test.each([200, 201, 202, 204, 205, 299, 300, 304, 400, 401, 404, 408, 410, 418, 429, 500, 502, 503, 504, 599])(
    '%i is the outcome',
    async (status) => {
      const { url } = await receivers.http(
        receiving((_request, _message, response) => response.writeHead(status).end()),
      );
      expect(await post(url)).toEqual({
        kind: 'answered',
        status,
        answer: '',
        latencyMs: expect.any(Number) as number,
      });
    },
  );

  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const elsewhere = await receivers.http((_request, response) => response.end());
    const { url } = await receivers.http(
      receiving((_request, _message, response) => response.writeHead(status, { location: elsewhere.url }).end()),
    );
    expect(await post(url)).toMatchObject({ kind: 'answered', status });
    expect(elsewhere.connections()).toBe(0);
  });

  test('may begin with a few informational parts', async () => {
    const { url } = await answering(
      'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(20) + 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    );
    expect(await post(url)).toMatchObject({ kind: 'answered', status: 200, answer: 'ok' });
  });

  test('may end with the connection', async () => {
    const { url } = await receivers.raw((socket) => socket.end('HTTP/1.1 500 Oops\r\n\r\nuntil the end'));
    expect(await post(url)).toMatchObject({ kind: 'answered', status: 500, answer: 'until the end' });
  });

  test('may come before the request has been read', async () => {
    const { url } = await receivers.tcp((socket) =>
      socket.once('readable', () => socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n')),
    );
    const body = Buffer.alloc(8 * 1024 * 1024);
    expect(await newClient().post(webhook(url, { body }), DEADLINE_MS)).toMatchObject({
      kind: 'answered',
      status: 413,
    });
  });

  test('counts its latency from the start of the attempt', async () => {
    const { url } = await receivers.http(
      receiving((_request, _message, response) => setTimeout(() => response.end(), 60)),
    );
    const { latencyMs } = await post(url);
    expect(latencyMs).toBeGreaterThanOrEqual(59);
    expect(latencyMs).toBeLessThan(DEADLINE_MS);
  });

  test.each([
    ['seconds', ['retry-after: 120'], '120'],
    ['a date', ['Retry-After: Fri, 31 Dec 1999 23:59:59 GMT'], 'Fri, 31 Dec 1999 23:59:59 GMT'],
    ['the first of two', ['retry-after: 1', 'retry-after: 2'], '1'],
    ['at most 64 characters', [`retry-after: ${'9'.repeat(100)}`], '9'.repeat(64)],
  ])('passes Retry-After on: %s', async (_what, headers, retryAfter) => {
    const { url } = await answering(`HTTP/1.1 429 Slow\r\n${headers.join('\r\n')}\r\ncontent-length: 0\r\n\r\n`);
    expect(await post(url)).toMatchObject({ kind: 'answered', status: 429, retryAfter });
  });
});

describe('the body of an answer', () => {
  const bodyOf = async (status: number, body: Buffer | string): Promise<string> => {
    const { url } = await receivers.http(
      receiving((_request, _message, response) => response.writeHead(status).end(body)),
    );
    const result = await post(url);
    return result.kind === 'answered' ? result.answer : JSON.stringify(result);
  };

  test('is kept to 128 bytes of a success, 1 KiB of anything else', async () => {
    expect(await bodyOf(200, 'a'.repeat(5000))).toBe('a'.repeat(128));
    expect(await bodyOf(500, 'a'.repeat(5000))).toBe('a'.repeat(1024));
    expect(await bodyOf(302, 'a'.repeat(5000))).toBe('a'.repeat(1024));
  });

  test('is put together from its pieces', async () => {
    const { url } = await receivers.raw((socket) =>
      socket.write(
        Buffer.concat([
          Buffer.from('HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n2\r\na'),
          Buffer.from([0xc3]),
          Buffer.from('\r\n1\r\n'),
          Buffer.from([0xa9]),
          Buffer.from('\r\n0\r\n\r\n'),
        ]),
      ),
    );
    expect(await post(url)).toMatchObject({ kind: 'answered', answer: 'a\u00e9' });
  });

  test('is not decompressed', async () => {
    const { url } = await answering('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nplain');
    expect(await post(url)).toMatchObject({ kind: 'answered', answer: 'plain' });
  });

  test('is read up to 16 KiB: after that the status is the outcome, and the connection is closed', async () => {
    let written = 0;
    let closed: () => void;
    const wasClosed = new Promise<void>((resolve) => (closed = resolve));
    const { url } = await receivers.raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(16 * 1024, 'x'))) written += 16 * 1024;
      };
      socket.on('drain', more).on('close', () => closed());
      more();
    });
    expect(await post(url)).toMatchObject({ kind: 'answered', status: 200, answer: 'x'.repeat(128) });
    await wasClosed;
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  test.each([
    ['of 16 KiB and a byte, and then silence: its status is the outcome', 16_385, { kind: 'answered', status: 200 }],
    ['of 16 KiB, and then silence: it has not ended', 16_384, { kind: 'transport', failure: 'timeout', phase: 'body' }],
  ])('%s', async (_what, bytes, result) => {
    const { url } = await receivers.raw((socket) =>
      socket.write(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), Buffer.alloc(bytes, 'x')])),
    );
    expect(await post(url, SHORT_DEADLINE_MS)).toMatchObject(result);
  });

  test('of exactly 16 KiB leaves the connection open', async () => {
    const { url, connections } = await receivers.http(
      receiving((_request, _message, response) => response.end(Buffer.alloc(16 * 1024))),
    );
    const client = newClient();
    await client.post(webhook(url), DEADLINE_MS);
    await client.post(webhook(url), DEADLINE_MS);
    expect(connections()).toBe(1);
  });
});

const TIMEOUTS = {
  resolve: 'timeout-resolving',
  connect: 'timeout-connecting',
  tls: 'timeout-tls',
  headers: 'timeout-headers',
  body: 'timeout-body',
} as const;

describe('one deadline ends', () => {
  const timedOut = (phase: AttemptPhase) => ({
    kind: 'transport',
    failure: 'timeout',
    phase,
    reason: reason(TIMEOUTS[phase], { seconds: 0.25 }),
  });

  const expectInTime = async (result: Promise<AttemptResult>, phase: AttemptPhase) => {
    const startedAt = performance.now();
    expect(await result).toMatchObject(timedOut(phase));
    expect(performance.now() - startedAt).toBeLessThan(SHORT_DEADLINE_MS + 400);
  };

  test('a name that does not resolve', async () => {
    const client = newClient({ resolver: { resolve: () => new Promise(() => undefined) } });
    await expectInTime(client.post(webhook('http://hooks.acme.com/'), SHORT_DEADLINE_MS), 'resolve');
  });

  test('a connection that is not made, and closes it', async () => {
    const dialled: Socket[] = [];
    const dial: Dial = () => {
      const socket = new Socket(); // never told where to
      dialled.push(socket);
      return socket;
    };
    await expectInTime(newClient({ dial }).post(webhook('http://127.0.0.1:9/'), SHORT_DEADLINE_MS), 'connect');
    expect(dialled.map((socket) => socket.destroyed)).toEqual([true]);
  });

  test('a TLS handshake that is not answered', async () => {
    const { port } = await receivers.tcp(() => undefined);
    await expectInTime(post(`https://127.0.0.1:${port}/`, SHORT_DEADLINE_MS), 'tls');
  });

  test('an answer that does not come', async () => {
    const { url } = await receivers.raw(() => undefined);
    await expectInTime(post(url, SHORT_DEADLINE_MS), 'headers');
  });

  test('headers that drip', async () => {
    const { url } = await receivers.raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-a: ');
      drip(socket, 'a');
    });
    await expectInTime(post(url, SHORT_DEADLINE_MS), 'headers');
  });

  test('informational parts without an answer', async () => {
    const { url } = await answering('HTTP/1.1 102 Processing\r\n\r\n');
    await expectInTime(post(url, SHORT_DEADLINE_MS), 'headers');
  });

  test('a body that does not come', async () => {
    const { url } = await answering('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n');
    await expectInTime(post(url, SHORT_DEADLINE_MS), 'body');
  });

  test('a body that drips, although its status is 200', async () => {
    const { url } = await receivers.raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      drip(socket, 'a');
    });
    await expectInTime(post(url, SHORT_DEADLINE_MS), 'body');
  });

  test('with the socket closed, so that nothing more is read', async () => {
    let closed: () => void;
    const wasClosed = new Promise<void>((resolve) => (closed = resolve));
    const { url } = await receivers.raw((socket) => socket.on('close', () => closed()));
    await post(url, SHORT_DEADLINE_MS);
    await wasClosed;
  });

  function drip(
    socket: { write(text: string): void; on(event: 'close', listener: () => void): unknown },
    text: string,
  ): void {
    const timer = setInterval(() => socket.write(text), 20);
    socket.on('close', () => clearInterval(timer));
  }
});

describe('a transport failure', () => {
  test('refused', async () => {
    const { url } = await receivers.tcp(() => undefined);
    receivers.close();
    expect(await post(url)).toEqual({
      kind: 'transport',
      failure: 'refused',
      reason: reason('connection-refused'),
      latencyMs: expect.any(Number) as number,
    });
  });

  test.each<readonly [string, (socket: Socket) => unknown, ReasonCode]>([
    ['closed without an answer', (socket) => socket.end(), 'connection-closed-early'],
    ['reset without an answer', (socket) => socket.resetAndDestroy(), 'connection-closed-early'],
    ['closed within the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nx-a: '), 'connection-closed-early'],
    [
      'closed within the body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'),
      'connection-closed-midway',
    ],
    [
      'closed within the last body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhalf'),
      'connection-closed-midway',
    ],
    [
      'closed within a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\nhalf'),
      'connection-closed-midway',
    ],
    [
      'closed within the last chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\na\r\nhalf'),
      'connection-closed-midway',
    ],
  ])('reset: %s', async (_what, answer, code) => {
    const { url } = await receivers.raw(answer);
    expect(await post(url)).toMatchObject({
      kind: 'transport',
      failure: 'reset',
      reason: { code },
    });
  });

  test.each<readonly [string, string, ReasonCode]>([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'response-malformed-detail'],
    ['an unknown version', 'HTTP/9.9 200 OK\r\n\r\n', 'response-malformed-detail'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n', 'response-malformed-detail'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', 'response-malformed-detail'],
    ['a bad header', 'HTTP/1.1 200 OK\r\nbad header: x\r\n\r\n', 'response-malformed-detail'],
    [
      'a bad header after the length',
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\nbad header: x\r\n\r\n',
      'response-malformed',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello', 'response-malformed'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'response-malformed',
    ],
    ['a bad chunk size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n', 'response-malformed-detail'],
    ['headers of more than 16 KiB', `HTTP/1.1 200 OK\r\nx-large: ${'a'.repeat(17_000)}\r\n\r\n`, 'headers-too-large'],
    ['many small headers', `HTTP/1.1 200 OK\r\n${'x-a: 1\r\n'.repeat(10_000)}\r\n`, 'headers-too-large'],
    ['a storm of informational parts', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100), 'response-malformed-detail'],
    [
      '100 Continue unasked',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
      'response-malformed-detail',
    ],
    [
      'an upgrade unasked',
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      'response-malformed-detail',
    ],
  ])('malformed: %s', async (_what, head, code) => {
    const { url } = await answering(head);
    expect(await post(url)).toMatchObject({
      kind: 'transport',
      failure: 'malformed',
      reason: { code },
    });
  });

  test('unreachable', async () => {
    const dial: Dial = () => {
      const socket = new Socket();
      socket.destroy(Object.assign(new Error('connect EHOSTUNREACH 10.9.8.7:443'), { code: 'EHOSTUNREACH' }));
      return socket;
    };
    expect(await newClient({ dial }).post(webhook('http://127.0.0.1:9/'), DEADLINE_MS)).toMatchObject({
      kind: 'transport',
      failure: 'unreachable',
      reason: reason('host-unreachable', { detail: 'EHOSTUNREACH' }),
    });
  });

  test.each(['EMFILE', 'ENFILE', 'ENOBUFS'])('is none when %s: that is our own fault', async (code) => {
    const dial: Dial = () => {
      const socket = new Socket();
      socket.destroy(Object.assign(new Error(code), { code }));
      return socket;
    };
    await expect(newClient({ dial }).post(webhook('http://127.0.0.1:9/'), DEADLINE_MS)).rejects.toThrow(
      LocalFaultError,
    );
  });

  test('is none when no socket can be made or the resolver breaks: that is our own fault', async () => {
    const broken = (): never => {
      throw new TypeError('broken');
    };
    await expect(newClient({ dial: broken }).post(webhook('http://127.0.0.1:9/'), DEADLINE_MS)).rejects.toThrow(
      LocalFaultError,
    );
    const resolver = { resolve: () => Promise.reject(new TypeError('broken')) };
    await expect(newClient({ resolver }).post(webhook('http://hooks.acme.com/'), DEADLINE_MS)).rejects.toThrow(
      LocalFaultError,
    );
  });

  test('leaves the next attempt untouched', async () => {
    let requests = 0;
    const { url } = await receivers.http(
      receiving((_request, message, response) => {
        requests += 1;
        if (requests === 1) message.socket.destroy();
        else response.end('fine');
      }),
    );
    const client = newClient();
    expect(await client.post(webhook(url), DEADLINE_MS)).toMatchObject({ failure: 'reset' });
    expect(await client.post(webhook(url), DEADLINE_MS)).toMatchObject({ status: 200, answer: 'fine' });
  });
});

describe('connections', () => {
  const counting = () => receivers.http(receiving((_request, _message, response) => response.end('ok')));
  const slow = (ms: number) =>
    receivers.http(receiving((_request, _message, response) => setTimeout(() => response.end(), ms)));

  test('are reused', async () => {
    const { url, connections } = await counting();
    const client = newClient();
    for (let attempt = 0; attempt < 20; attempt += 1) await client.post(webhook(`${url}/${attempt}`), DEADLINE_MS);
    expect(connections()).toBe(1);
  });

  test('are as many as there are attempts at once', async () => {
    const { url, connections } = await slow(30);
    const client = newClient();
    await Promise.all(Array.from({ length: 10 }, () => client.post(webhook(url), DEADLINE_MS)));
    await Promise.all(Array.from({ length: 10 }, () => client.post(webhook(url), DEADLINE_MS)));
    expect(connections()).toBe(10);
  });

  test('are never more than connectionsPerOrigin: the other attempts wait', async () => {
    const { url, connections } = await slow(20);
    const client = newClient({ connectionsPerOrigin: 2 });
    const results = await Promise.all(Array.from({ length: 6 }, () => client.post(webhook(url), DEADLINE_MS)));
    expect(results.map((result) => result.kind)).toEqual(Array(6).fill('answered'));
    expect(connections()).toBe(2);
  });

  test("that do not become free are our own fault, not the endpoint's", async () => {
    const { url } = await slow(SHORT_DEADLINE_MS / 2);
    const client = newClient({ connectionsPerOrigin: 1 });
    const first = client.post(webhook(url), DEADLINE_MS);
    await expect(client.post(webhook(url), 20)).rejects.toThrow(NoFreeConnectionError);
    expect(await first).toMatchObject({ kind: 'answered' });
    expect(await client.post(webhook(url), DEADLINE_MS)).toMatchObject({ kind: 'answered' });
  });

  test('that time out make room for those that wait', async () => {
    let requests = 0;
    const { url } = await receivers.http(
      receiving((_request, _message, response) => {
        requests += 1;
        if (requests > 1) response.end();
      }),
    );
    const client = newClient({ connectionsPerOrigin: 1 });
    const stuck = client.post(webhook(url), 60);
    const next = client.post(webhook(url), DEADLINE_MS);
    expect(await stuck).toMatchObject({ failure: 'timeout' });
    expect(await next).toMatchObject({ kind: 'answered' });
  });

  test('are not shared by tenants', async () => {
    const { url, connections } = await counting();
    const client = newClient();
    await client.post(webhook(url, { tenantId: 'org_1' }), DEADLINE_MS);
    await client.post(webhook(url, { tenantId: 'org_2' }), DEADLINE_MS);
    expect(connections()).toBe(2);
    await client.post(webhook(url, { tenantId: 'org_1' }), DEADLINE_MS);
    await client.post(webhook(url, { tenantId: 'org_2' }), DEADLINE_MS);
    expect(connections()).toBe(2);
  });

  test('are kept for a bounded number of tenants and origins: those used longest ago are closed', async () => {
    const { url, connections } = await counting();
    const client = newClient({ maxPools: 2 });
    for (const tenantId of ['org_1', 'org_2', 'org_1', 'org_3', 'org_1'])
      await client.post(webhook(url, { tenantId }), DEADLINE_MS);
    expect(connections()).toBe(3);
    await client.post(webhook(url, { tenantId: 'org_2' }), DEADLINE_MS);
    expect(connections()).toBe(4);
  });

  test('in use are not closed to make room', async () => {
    const { url } = await slow(50);
    const client = newClient({ maxPools: 1 });
    const results = await Promise.all(
      ['org_1', 'org_2', 'org_3'].map((tenantId) => client.post(webhook(url, { tenantId }), DEADLINE_MS)),
    );
    expect(results.map((result) => result.kind)).toEqual(['answered', 'answered', 'answered']);
  });

  test('that the server closed between two attempts are replaced', async () => {
    let closed: () => void;
    const wasClosed = new Promise<void>((resolve) => (closed = resolve));
    const { url, connections } = await receivers.http(
      receiving((_request, message, response) => {
        response.end('ok', () => message.socket.end());
        message.socket.on('close', () => closed());
      }),
    );
    const client = newClient();
    await client.post(webhook(url), DEADLINE_MS);
    await wasClosed;
    expect(await client.post(webhook(url), DEADLINE_MS)).toMatchObject({ kind: 'answered', status: 200 });
    expect(connections()).toBe(2);
  });

  test('that the server says it will close are replaced', async () => {
    const { url, connections } = await receivers.http(
      receiving((_request, _message, response) => response.writeHead(200, { connection: 'close' }).end('ok')),
    );
    const client = newClient();
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(await client.post(webhook(url), DEADLINE_MS)).toMatchObject({ status: 200 });
    expect(connections()).toBe(3);
  });

  test('are not used for longer than a minute', async () => {
    const { url, connections } = await counting();
    const client = newClient();
    await client.post(webhook(url), DEADLINE_MS);
    const later = performance.now() + 60_001;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(later);
    try {
      await client.post(webhook(url), DEADLINE_MS);
    } finally {
      clock.mockRestore();
    }
    expect(connections()).toBe(2);
  });

  test('are tried at one loopback address after the other for localhost', async () => {
    const { port } = await counting();
    const dialled: string[] = [];
    const dial: Dial = ({ address }) => {
      dialled.push(address);
      return connectTcp({ host: '127.0.0.1', port: address === '::1' ? port : 1 });
    };
    expect(await newClient({ dial }).post(webhook(`http://localhost:${port}/`), DEADLINE_MS)).toMatchObject({
      kind: 'answered',
    });
    expect(dialled).toEqual(['127.0.0.1', '::1']);
  });

  test('are refused by a closed client', async () => {
    const { url } = await counting();
    const client = newClient();
    client.close();
    await expect(client.post(webhook(url), DEADLINE_MS)).rejects.toThrow(/closed/);
  });

  test.each([0, -1, 1.5, Number.NaN])('number at least one: %d is refused', (connectionsPerOrigin) => {
    expect(() => newClient({ connectionsPerOrigin })).toThrow(RangeError);
  });
});
