import { publicDeliveryId } from '../../../../lambda/core/shared/identifiers';
import { reason, reasonText } from '../../../../lambda/core/shared/reason';
import { createHmac } from 'node:crypto';

import { type EventId } from '../../../../lambda/core/shared/identifiers';
import { LEAPOCR_PROFILE } from '../../../builders/profile';
import { SECRET, subscription, TENANT } from '../../../builders/subscription';
import { answered, forbidden } from '../../../fakes/endpoint';
import { BODY, setUp } from './set-up';

test('a delivery is signed over its exact bytes and recorded as delivered', async () => {
  const { ports, message, run, clock, target } = await setUp();
  const sent = message();
  expect(await run(sent)).toEqual({
    outcomes: { delivered: 1, retried: 0, failed: 0, cancelled: 0, deferred: 0, dropped: 0, returned: 0 },
    latencies: [12],
    circuitsOpened: 0,
    ownFaultSuspected: false,
    returned: [],
  });
  const [request] = ports.endpoint.requests;
  const timestamp = String(Math.floor(clock.now() / 1000));
  expect(Buffer.from(request!.body).toString()).toBe(BODY);
  expect(request).toMatchObject({
    url: target.destination.url,
    tenantId: TENANT,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'LeapOCR-Webhook/1.0',
      'X-R2-Signature': createHmac('sha256', SECRET).update(BODY).digest('hex'),
      'X-Webhook-Timestamp': timestamp,
      'webhook-id': 'evt_1',
      'webhook-timestamp': timestamp,
    },
  });
  expect(ports.deliveries.records).toEqual([
    {
      tenantId: TENANT,
      subscriptionId: target.id,
      deliveryId: sent.deliveryId,
      eventId: 'evt_1',
      eventType: 'job.completed',
      url: target.destination.url,
      status: 'delivered',
      attempts: 1,
      history: [{ at: clock.now(), latencyMs: 12, status: 200 }],
      settledAt: clock.now(),
      expiresAt: clock.now() / 1000 + LEAPOCR_PROFILE.deliveryTtlSeconds,
    },
  ]);
});

test.each([
  [answered(404, 'nope'), reason('endpoint-responded', { status: 404 }), { status: 404, answer: 'nope' }],
  [answered(302), reason('endpoint-responded', { status: 302 }), { status: 302 }],
  [forbidden(), reason('address-not-public'), { error: reason('address-not-public') }],
])('an outcome that is final is recorded as failed, with why, and the platform is told', async (result, why, entry) => {
  const { ports, message, run, target } = await setUp();
  ports.endpoint.results.push(result);
  const sent = message();
  expect(await run(sent)).toMatchObject({ outcomes: { failed: 1 }, returned: [] });
  expect(ports.deliveries.records).toMatchObject([
    { status: 'failed', attempts: 1, reason: why, history: [entry], published: true },
  ]);
  expect(ports.operationalEvents.emitted).toEqual([
    {
      name: 'delivery.failed',
      detail: {
        tenant_id: TENANT,
        subscription_id: target.id,
        delivery_id: publicDeliveryId(sent),
        event_id: 'evt_1',
        event_type: 'job.completed',
        attempts: 1,
        reason: reasonText(why),
        reason_code: why.code,
        reason_params: why.params,
      },
    },
  ]);
  expect(ports.queues.sent).toEqual([]);
});

test('a message without a payload sends that of the stored event', async () => {
  const { ports, message, run, clock } = await setUp();
  await ports.events.claim(
    {
      eventId: 'evt_1' as EventId,
      eventType: 'job.completed',
      tenantId: TENANT,
      payload: 'stored',
      arrivedAt: clock.now(),
    },
    clock.now() / 1000 + 60,
  );
  const { payload: _payload, ...reference } = message();
  await run(reference);
  expect(Buffer.from(ports.endpoint.requests[0]!.body).toString()).toBe('stored');
});

test('a payload that is no longer kept fails the delivery without an attempt', async () => {
  const { ports, message, run } = await setUp();
  const { payload: _payload, ...reference } = message();
  expect(await run(reference)).toMatchObject({ outcomes: { failed: 1 }, latencies: [] });
  expect(ports.deliveries.records).toMatchObject([
    { status: 'failed', attempts: 0, reason: reason('payload-expired') },
  ]);
});

describe('headers', () => {
  test("carry the profile's own, and the time in whole seconds that have passed", async () => {
    const { ports, message, run, clock } = await setUp({ ...LEAPOCR_PROFILE, headers: { 'X-Environment': 'beta' } });
    clock.advance(999);
    await run(message());
    expect(ports.endpoint.requests[0]!.headers).toMatchObject({
      'X-Environment': 'beta',
      'webhook-timestamp': String(Math.floor(clock.now() / 1000)),
    });
  });
});

test('a message of a format to come is returned, and the others are delivered', async () => {
  const { message, run } = await setUp();
  expect(await run('{"v":2}', message())).toMatchObject({ outcomes: { delivered: 1 }, returned: ['m0'] });
});

test('a secret that does not open returns its message and shows nothing of it', async () => {
  const { ports, message, run, target } = await setUp();
  ports.subscriptions.change(target, { sealedSecret: subscription().sealedSecret });
  expect((await run(message())).returned).toEqual(['m0']);
  expect(ports.log.lines).toMatchObject([{ level: 'error', fields: { error: 'UnsealError' } }]);
  expect(JSON.stringify(ports.log.lines)).not.toContain(SECRET);
});
