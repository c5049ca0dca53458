import { createHmac } from 'node:crypto';
import { sealHeaders } from '../../../lambda/core/subscriptions/custom-headers';
import { InvalidInput, RateLimited } from '../../../lambda/core/shared/errors';
import type { TenantId } from '../../../lambda/core/shared/identifiers';
import { KeyRing } from '../../../lambda/core/signing/key-ring';
import type { EventCatalog } from '../../../lambda/core/shared/profile';
import { SigningSecrets } from '../../../lambda/core/signing/signing-secrets';
import { checkHealth, sendTest, TRIES_PER_HOST, TRIES_PER_TENANT } from '../../../lambda/core/subscriptions/test-send';
import { LEAPOCR_PROFILE } from '../../builders/profile';
import { keyRings, ROOT_SECRET, SECRET, subscription } from '../../builders/subscription';
import { answered, refusedConnection, ScriptedEndpoint } from '../../fakes/endpoint';
import { InMemoryRateLimits } from '../../fakes/rate-limits';
import { InMemorySubscriptionStore } from '../../fakes/subscription-store';
import { ManualClock, SeededRandom } from '../../fakes/time-and-random';
import type { Subscription } from '../../../lambda/core/subscriptions/subscription';

const CATALOG: EventCatalog = {
  version: 1,
  tenantPath: '/tenants/{tenant_id}',
  eventTypes: [
    { name: 'job.completed', description: '', schema: {}, example: { event_id: 'example', job_id: 'j' } },
    { name: 'document.completed', description: '', schema: {}, example: { document_id: 'd' } },
  ],
};

async function setUp(target: Subscription = subscription()) {
  const clock = new ManualClock();
  const subscriptions = new InMemorySubscriptionStore();
  await subscriptions.create(target);
  const ports = {
    clock,
    random: new SeededRandom('test'),
    endpoint: new ScriptedEndpoint(),
    secrets: new SigningSecrets(keyRings),
    limits: new InMemoryRateLimits(clock),
    failures: subscriptions,
    circuits: subscriptions,
  };
  const send = (eventType?: string, one = target) => sendTest(one, eventType, CATALOG, LEAPOCR_PROFILE, ports);
  const read = async () =>
    (await subscriptions.read([{ tenantId: target.tenantId, subscriptionId: target.id }]))
      .subscriptions[0] as Subscription;
  return { clock, ports, send, read, target };
}

test('a test is a real delivery, signed by every scheme over its bytes', async () => {
  const { ports, send } = await setUp();
  const { eventId, eventType, ok, result } = await send();
  expect({ eventType, ok, result }).toEqual({ eventType: 'webhook.test', ok: true, result: answered(200) });
  const [{ url, body, headers }] = ports.endpoint.requests as [(typeof ports.endpoint.requests)[0]];
  const text = Buffer.from(body).toString();
  expect(url).toBe('https://hooks.example.com/leapocr');
  expect(JSON.parse(text)).toEqual({
    event_type: 'webhook.test',
    event_id: eventId,
    timestamp: '2026-03-19T10:21:44.000Z',
    message: expect.any(String) as string,
  });
  expect(headers['X-R2-Signature']).toBe(createHmac('sha256', SECRET).update(text).digest('hex'));
  expect(headers).toMatchObject({
    'webhook-id': eventId,
    'user-agent': 'LeapOCR-Webhook/1.0',
    'content-type': 'application/json',
  });
});

test("a type of the catalog sends its example, under an event id of this test's own where it has one", async () => {
  const { ports, send } = await setUp();
  const { eventId } = await send('job.completed');
  await send('document.completed');
  const bodies = ports.endpoint.requests.map(({ body }) => JSON.parse(Buffer.from(body).toString()) as unknown);
  expect(bodies).toEqual([{ event_id: eventId, job_id: 'j' }, { document_id: 'd' }]);
});

test('a type that is not in the catalog is refused before anything is sent', async () => {
  const { ports, send } = await setUp();
  await expect(send('nope')).rejects.toThrow(InvalidInput);
  expect(ports.endpoint.requests).toEqual([]);
});

test("its owner's headers are sent, and never in place of ours", async () => {
  const plain = subscription();
  const { ports, send, target } = await setUp({
    ...plain,
    headers: sealHeaders({ authorization: 'Basic hush' }, plain, KeyRing.parse(ROOT_SECRET), new SeededRandom()),
  });
  await send(undefined, target);
  expect(ports.endpoint.requests[0]!.headers).toMatchObject({
    authorization: 'Basic hush',
    'user-agent': 'LeapOCR-Webhook/1.0',
  });
});

test('a success resets the failures in a row and closes the circuit; a failure changes nothing', async () => {
  const { ports, send, read } = await setUp(
    subscription({ count: 4, countAtLastSuccess: 1, circuit: { openedAt: 1, probeAt: 2 } }),
  );
  ports.endpoint.results.push(answered(500), refusedConnection());
  expect(await send()).toMatchObject({ ok: false, result: { status: 500 } });
  expect(await send()).toMatchObject({ ok: false, result: { kind: 'transport' } });
  expect(await read()).toMatchObject({ count: 4, countAtLastSuccess: 1, circuit: { openedAt: 1 } });
  await send();
  expect(await read()).toMatchObject({ count: 4, countAtLastSuccess: 4 });
  expect(await read()).not.toHaveProperty('circuit');
});

test('health asks without an event, and any answer will do', async () => {
  const { ports, target } = await setUp();
  ports.endpoint.results.push(answered(405));
  expect(await checkHealth(target, LEAPOCR_PROFILE, ports)).toEqual(answered(405));
  expect(ports.endpoint.requests).toEqual([]);
  expect(ports.endpoint.probes).toEqual([
    { tenantId: target.tenantId, url: target.destination.url, headers: { 'user-agent': 'LeapOCR-Webhook/1.0' } },
  ]);
});

test('a tenant may try so often a minute, tests and health checks together', async () => {
  const { ports, send, target, clock } = await setUp();
  for (let time = 1; time < TRIES_PER_TENANT; time += 1) await send();
  await checkHealth(target, LEAPOCR_PROFILE, ports);
  await expect(send()).rejects.toThrow(RateLimited);
  await expect(send()).rejects.toMatchObject({ retryAfterSeconds: 16 }); // it is 10:21:44
  await expect(checkHealth(target, LEAPOCR_PROFILE, ports)).rejects.toThrow(RateLimited);
  expect(ports.endpoint.requests).toHaveLength(TRIES_PER_TENANT - 1);
  clock.advance(60_000);
  await send();
});

test('many tenants together do not fire at one host more often than that', async () => {
  const { ports, send } = await setUp();
  const many = Array.from({ length: TRIES_PER_HOST + 1 }, (_unused, index) =>
    subscription({ tenantId: `org_${index}/team` as TenantId, url: `https://hooks.example.com/${index}` }),
  );
  for (const one of many.slice(0, -1)) await send(undefined, one);
  await expect(send(undefined, many.at(-1))).rejects.toThrow(RateLimited);
  expect(ports.endpoint.requests).toHaveLength(TRIES_PER_HOST);
  await send(undefined, subscription({ tenantId: 'org_x/team' as TenantId, url: 'https://other.example.com/' }));
});
