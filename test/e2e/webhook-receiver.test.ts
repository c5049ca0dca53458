import { execFileSync } from 'node:child_process';
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { loggedLines } from './handler-logs';
import { Platform } from './platform';
import { Receiving } from './receiving/receiving';
import type { SourceName } from './receiving/sources';

jest.setTimeout(120_000);

const leapocr = new Platform('leapocr');
const rekognita = new Platform('rekognita');
let receiving: Receiving;
beforeAll(async () => {
  receiving = await Receiving.deploy();
}, 130_000);

/** What a library that comes as ES modules only says, which jest does not take. */
function byLibrary(program: string, ...args: string[]): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program, ...args], {
    cwd: __dirname,
    encoding: 'utf8',
  }).trim();
}
const svixSignature = (secret: string, id: string, time: number, body: string) =>
  byLibrary(
    "import { Webhook } from 'svix'; const [, secret, id, time, body] = process.argv; console.log(new " +
      'Webhook(secret).sign(id, new Date(time * 1000), body));',
    secret,
    id,
    String(time),
    body,
  );
const githubSignature = (secret: string, body: string) =>
  byLibrary(
    "import { sign } from '@octokit/webhooks-methods'; const [, secret, body] = process.argv; " +
      'console.log(await sign(secret, body));',
    secret,
    body,
  );

/** The receiver's clock is the stack's. */
const now = () => Math.floor(leapocr.now());
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const hmac = (secret: string, content: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', secret).update(content).digest(encoding);

function leapOcrHeaders(body: string, secret: string): Record<string, string> {
  const time = String(now());
  return { 'x-webhook-timestamp': time, 'x-webhook-signature': hmac(secret, `${time}.${body}`) };
}

describe('our own sender', () => {
  test("LeapOCR's events come to the customer's queue, verified and once", async () => {
    const tenant = leapocr.newTenant();
    const { secret } = await leapocr.subscribe(tenant, receiving.url('leapocr'), ['job.completed']);
    await receiving.setSecret('leapocr', secret);
    const eventId = randomUUID();
    const payload = { event_type: 'job.completed', event_id: eventId, job_id: randomUUID(), total_pages: 3 };
    const event = JSON.stringify({ event_id: eventId, event_type: 'job.completed', tenant_id: tenant, payload });
    await leapocr.publish([event]);
    await leapocr.recorded(tenant, 1);
    expect(await receiving.messages('leapocr', 1)).toEqual([
      expect.objectContaining({
        source: '/in/leapocr',
        scheme: 'leapOcr',
        event_id: eventId,
        event_type: 'job.completed',
        event: payload,
      }),
    ]);
    expect((await leapocr.deliveries(tenant)).map(({ status }) => status)).toEqual(['delivered']);
    const known = (await receiving.knownUntil('leapocr', eventId))! - leapocr.now();
    expect(known).toBeGreaterThan(30 * 86_400 - 60);
    expect(known).toBeLessThanOrEqual(30 * 86_400 + 1);
  });

  test("Rekognita's documents come by their own URL; two parts of one document are two events", async () => {
    const tenant = rekognita.newTenant();
    await receiving.setSecret('rekognita', await rekognita.accountSecret(tenant));
    const parts = [1, 2].map((pages) => ({
      event: 'document.partial',
      document_id: 'doc_1',
      status: 'processing',
      result: { pages },
    }));
    await rekognita.publish(
      parts.map((payload, index) =>
        JSON.stringify({
          event_id: `doc_1-${index}`,
          event_type: 'document.partial',
          tenant_id: tenant,
          webhook_url: receiving.url('rekognita'),
          payload,
        }),
      ),
    );
    const messages = await receiving.messages('rekognita', 2);
    expect(messages.map(({ event }) => event)).toEqual(expect.arrayContaining(parts));
    expect(messages).toHaveLength(2);
    expect(messages.map(({ event_type: type }) => type)).toEqual(['document.partial', 'document.partial']);
    await rekognita.recorded(tenant, 2);
  });

  test('its third signature is that of Standard Webhooks', async () => {
    const tenant = leapocr.newTenant();
    const { secret } = await leapocr.subscribe(tenant, receiving.url('standard'), ['job.failed']);
    await receiving.setSecret('standard', secret);
    const eventId = randomUUID();
    await leapocr.publish([
      JSON.stringify({
        event_id: eventId,
        event_type: 'job.failed',
        tenant_id: tenant,
        payload: { event_type: 'job.failed' },
      }),
    ]);
    expect(await receiving.messages('standard', 1)).toEqual([
      expect.objectContaining({ scheme: 'standardWebhooks', event_id: eventId }),
    ]);
    await leapocr.recorded(tenant, 1);
  });

  test('whose events a target did not take sends them again: nothing is marked, and all come in', async () => {
    const tenant = leapocr.newTenant();
    const { secret } = await leapocr.subscribe(tenant, receiving.url('outage'), ['job.completed']);
    await receiving.setSecret('outage', secret);
    await receiving.removeQueue('outage');
    const ids = Array.from({ length: 3 }, () => randomUUID() as string);
    await leapocr.publish(
      ids.map((event_id) =>
        JSON.stringify({
          event_id,
          event_type: 'job.completed',
          tenant_id: tenant,
          payload: { event_type: 'job.completed', event_id },
        }),
      ),
    );
    await leapocr.attempted(tenant, 3);
    expect(
      (await leapocr.deliveries(tenant)).map(({ status, history }) => [
        status,
        history.map((attempt) => attempt.status),
      ]),
    ).toEqual(ids.map(() => ['pending', [503]]));
    expect(await Promise.all(ids.map((id) => receiving.knownUntil('outage', id)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await receiving.makeQueueAgain('outage');
    await leapocr.moveClock(15);
    await leapocr.recorded(tenant, 3);
    const messages = await receiving.messages('outage', 3);
    expect(messages.map(({ event_id: id }) => id).sort()).toEqual([...ids].sort());
    expect((await leapocr.deliveries(tenant)).map(({ status, attempts }) => [status, attempts])).toEqual(
      ids.map(() => ['delivered', 2]),
    );
  });
});

describe('other senders, by their own libraries where there are', () => {
  const secret = newSecret();
  const body = JSON.stringify({
    id: 'evt_1Nx',
    type: 'charge.refunded',
    event_id: 'Ev1',
    event: { type: 'app_mention' },
    name: 'рахунок ☃',
  });
  const id = `msg_${randomUUID()}`;
  const cases: [string, SourceName, () => Record<string, string>, object][] = [
    [
      'standardwebhooks',
      'standard',
      () => ({
        'webhook-id': id,
        'webhook-timestamp': String(now()),
        'webhook-signature': new StandardWebhook(secret).sign(id, new Date(now() * 1000), body),
      }),
      { event_id: id, event_type: 'charge.refunded' },
    ],
    [
      'Svix',
      'standard',
      () => ({
        'svix-id': `${id}-svix`,
        'svix-timestamp': String(now()),
        'svix-signature': svixSignature(secret, `${id}-svix`, now(), body),
      }),
      { event_id: `${id}-svix` },
    ],
    [
      'stripe',
      'stripe',
      () => ({
        'stripe-signature': new Stripe('sk_test_1').webhooks.generateTestHeaderString({
          payload: body,
          secret,
          timestamp: now(),
        }),
      }),
      { event_id: 'evt_1Nx', event_type: 'charge.refunded' },
    ],
    [
      'GitHub',
      'github',
      () => ({
        'x-hub-signature-256': githubSignature(secret, body),
        'x-github-delivery': id,
        'x-github-event': 'push',
      }),
      { event_id: id, event_type: 'push' },
    ],
    [
      'Slack',
      'slack',
      () => ({
        'x-slack-request-timestamp': String(now()),
        'x-slack-signature': `v0=${hmac(secret, `v0:${now()}:${body}`)}`,
      }),
      { event_id: 'Ev1', event_type: 'app_mention' },
    ],
    [
      'Shopify',
      'shopify',
      () => ({
        'x-shopify-hmac-sha256': hmac(secret, body, 'base64'),
        'x-shopify-webhook-id': id,
        'x-shopify-topic': 'orders/create',
      }),
      { event_id: id, event_type: 'orders/create' },
    ],
    [
      'any other',
      'acme',
      () => ({ 'x-acme': `v1=${hmac(secret, body, 'base64')}`, 'x-acme-id': id }),
      { event_id: id },
    ],
  ];

  test.each(cases)('%s', async (_name, source, headers, expected) => {
    await receiving.setSecret(source, secret);
    const response = await receiving.post(source, body, headers());
    expect([response.status, await response.json()]).toEqual([200, { received: true }]);
    expect(await receiving.messages(source, 1)).toEqual([
      expect.objectContaining({ source: `/in/${source}`, event: JSON.parse(body) as unknown, ...expected }),
    ]);
    // The same once more is a copy; another body under the same signature is nobody's.
    expect((await receiving.post(source, body, headers())).status).toBe(200);
    expect((await receiving.post(source, `${body} `, headers())).status).toBe(401);
    expect(await receiving.messages(source, 0)).toEqual([]);
  });

  test('Slack gets its challenge back', async () => {
    await receiving.setSecret('slack', secret);
    const challenge = JSON.stringify({
      type: 'url_verification',
      challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
    });
    const response = await receiving.post('slack', challenge, {
      'x-slack-request-timestamp': String(now()),
      'x-slack-signature': `v0=${hmac(secret, `v0:${now()}:${challenge}`)}`,
    });
    expect([response.status, await response.json()]).toEqual([
      200,
      { challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P' },
    ]);
    expect(await receiving.messages('slack', 0)).toEqual([]);
  });

  test('bytes that are no text come through a type that says so', async () => {
    const bytes = Uint8Array.from([0xff, 0xfe, 0x00, 0x0a]);
    await receiving.setSecret('acme', secret);
    const response = await receiving.post('acme', bytes, {
      'content-type': 'application/octet-stream',
      'x-acme-id': randomUUID(),
      'x-acme': `v1=${createHmac('sha256', secret).update(bytes).digest('base64')}`,
    });
    expect(response.status).toBe(200);
    expect(await receiving.messages('acme', 1)).toEqual([expect.objectContaining({ body_base64: '//4ACg==' })]);
  });
});

describe('a request', () => {
  const secret = newSecret();
  const marker = `in-no-log-${randomUUID()}`;
  const body = () => JSON.stringify({ event_id: randomUUID(), event_type: 'job.completed', marker });
  beforeAll(() => receiving.setSecret('leapocr', secret));

  test('without a signature is answered with 400, with a wrong one 401, both in JSON', async () => {
    const event = body();
    const bare = await receiving.post('leapocr', event);
    expect([bare.status, bare.headers.get('content-type'), await bare.json()]).toEqual([
      400,
      'application/json',
      { received: false, error: { message: 'there is no X-R2-Signature header', code: 'missing_header' } },
    ]);
    for (const headers of [
      leapOcrHeaders(event, newSecret()),
      leapOcrHeaders(`${event} `, secret),
      { 'x-r2-signature': 'abc' },
      { 'x-r2-signature': '0'.repeat(64) },
      { ...leapOcrHeaders(event, secret), 'x-webhook-timestamp': String(now() - 301) },
    ]) {
      expect((await receiving.post('leapocr', event, headers)).status).toBe(401);
    }
    expect(await receiving.messages('leapocr', 0)).toEqual([]);
  });

  test('over the limit is answered with 413, at the limit it is taken', async () => {
    const filled = (bytes: number) => {
      const event = `{"event_id":"${randomUUID()}","text":""}`;
      return event.replace('""', `"${'x'.repeat(bytes - event.length)}"`);
    };
    const over = filled(1020 * 1024 + 1);
    expect((await receiving.post('leapocr', over, leapOcrHeaders(over, secret))).status).toBe(413);
    const at = filled(1020 * 1024);
    expect((await receiving.post('leapocr', at, leapOcrHeaders(at, secret))).status).toBe(200);
    expect(await receiving.messages('leapocr', 1)).toHaveLength(1);
  });

  test('to another path, or by another method, comes to nothing', async () => {
    expect((await fetch(receiving.url('leapocr'))).status).toBe(404);
    expect((await fetch(`${receiving.url('leapocr')}/more`, { method: 'POST', body: '{}' })).status).toBe(404);
  });

  test('ten times at once is one message on the target, and nobody is told that it failed for good', async () => {
    const event = body();
    const headers = leapOcrHeaders(event, secret);
    const statuses = await Promise.all(
      Array.from({ length: 10 }, async () => (await receiving.post('leapocr', event, headers)).status),
    );
    expect(statuses).toEqual(Array.from({ length: 10 }, () => 200));
    expect(await receiving.messages('leapocr', 1)).toHaveLength(1);
  });

  test('is verified by two secrets during a rotation, and by the new one as soon as it is there', async () => {
    const next = newSecret();
    const statusBy = async (key: string) => {
      const event = body();
      return (await receiving.post('leapocr', event, leapOcrHeaders(event, key))).status;
    };
    await receiving.setSecret('leapocr', JSON.stringify([next, secret]));
    await leapocr.moveClock(6);
    expect([await statusBy(next), await statusBy(secret)]).toEqual([200, 200]);
    await receiving.setSecret('leapocr', next);
    await leapocr.moveClock(61);
    expect([await statusBy(secret), await statusBy(next)]).toEqual([401, 200]);
    await receiving.messages('leapocr', 3);
    await receiving.setSecret('leapocr', secret);
    await leapocr.moveClock(6);
  });

  test("leaves nothing of its body in any log, and its event's id", async () => {
    const event = body();
    const { event_id: id } = JSON.parse(event) as { event_id: string };
    expect((await receiving.post('leapocr', event, leapOcrHeaders(event, secret))).status).toBe(200);
    const lines = await loggedLines(leapocr.local);
    expect(lines.filter((line) => line.includes(id)).length).toBeGreaterThanOrEqual(1);
    const forbidden = [
      marker,
      secret,
      createHash('sha256').update(marker).digest('hex'),
      leapOcrHeaders(event, secret)['x-webhook-signature']!,
    ];
    expect(lines.filter((line) => forbidden.some((each) => line.includes(each)))).toEqual([]);
    await receiving.messages('leapocr', 1);
  });
});
