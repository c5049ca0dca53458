import { reason } from '../../../../lambda/core/shared/reason';
import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { sealHeaders } from '../../../../lambda/core/subscriptions/custom-headers';
import { accountSecretOwner } from '../../../../lambda/core/subscriptions/account-secret';
import { type EventId, urlTarget } from '../../../../lambda/core/shared/identifiers';
import { KeyRing } from '../../../../lambda/core/signing/key-ring';
import { formatSecret } from '../../../../lambda/core/signing/secret';
import { REKOGNITA_PROFILE, STANDARD_PROFILE } from '../../../builders/profile';
import { keyRings, ROOT_SECRET, SECRET, subscription, TENANT } from '../../../builders/subscription';
import { answered, timedOut } from '../../../fakes/endpoint';
import { SeededRandom } from '../../../fakes/time-and-random';
import { secretOwner } from '../../../../lambda/core/subscriptions/subscription';
import { type DeliveryMessage } from '../../../../lambda/core/delivery/delivery-message';
import { BODY, setUp } from './set-up';

describe('a subscription', () => {
  test('that was disabled cancels the delivery', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, { enabled: false });
    expect(await run(message())).toMatchObject({ outcomes: { cancelled: 1 }, latencies: [] });
    expect(ports.deliveries.records).toMatchObject([
      { status: 'cancelled', attempts: 0, reason: reason('webhook-disabled'), url: target.destination.url },
    ]);
  });

  test('that was deleted cancels the delivery', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.delete(target);
    expect(await run(message())).toMatchObject({ outcomes: { cancelled: 1 }, latencies: [] });
    expect(ports.deliveries.records).toMatchObject([{ status: 'cancelled', reason: reason('webhook-deleted') }]);
  });

  test('is read once a batch, and again for the next: nothing of it is kept', async () => {
    const { ports, message, run, target } = await setUp();
    await run(message({ eventId: 'a' as EventId }), message({ eventId: 'b' as EventId }));
    expect(ports.subscriptions.calls.read).toBe(1 + ports.deliveries.groups.length); // and once a group of successes
    ports.subscriptions.change(target, { destination: { kind: 'https', url: 'https://moved.example.com/' } });
    await run(message({ eventId: 'c' as EventId }));
    expect(ports.endpoint.requests.map(({ url }) => url)).toEqual([
      target.destination.url,
      target.destination.url,
      'https://moved.example.com/',
    ]);
  });

  test('that cannot be read returns the batch', async () => {
    const { ports, message, run } = await setUp();
    ports.subscriptions.faults.refuse(1);
    expect((await run(message(), message({ eventId: 'b' as EventId }))).returned).toEqual(['m0', 'm1']);
    expect(ports.endpoint.requests).toEqual([]);
  });
});

describe("a tenant's plan", () => {
  test('that has no webhooks cancels its deliveries, on record, without an attempt', async () => {
    const { ports, message, run } = await setUp();
    await ports.subscriptions.setPlan(TENANT, 'free');
    expect(await run(message())).toMatchObject({ outcomes: { cancelled: 1 }, returned: [] });
    expect(ports.endpoint.requests).toEqual([]);
    expect(ports.deliveries.records).toMatchObject([
      { status: 'cancelled', reason: reason('plan-without-webhooks', { plan: 'free' }), attempts: 0 },
    ]);
  });

  test('cancels what goes to URLs of its events, too, and counts nothing', async () => {
    const { ports, message, run } = await setUp();
    await ports.subscriptions.setPlan(TENANT, 'free');
    const url = 'https://customer.example.com/hooks';
    expect(await run({ ...message(), url, subscriptionId: urlTarget(url) })).toMatchObject({
      outcomes: { cancelled: 1 },
    });
    expect(ports.endpoint.requests).toEqual([]);
  });

  test.each(['starter', 'enterprise'])('%s has them', async (plan) => {
    const { ports, message, run } = await setUp();
    await ports.subscriptions.setPlan(TENANT, plan);
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('does not matter where the profile names none', async () => {
    const { ports, message, run } = await setUp(STANDARD_PROFILE);
    await ports.subscriptions.setPlan(TENANT, 'free');
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });
});

describe('what its owner has set', () => {
  const ring = KeyRing.parse(ROOT_SECRET);

  test('a secret that was replaced with an overlap signs along until then, for Standard Webhooks alone', async () => {
    const { ports, message, run, clock, target } = await setUp();
    const before = formatSecret(new SeededRandom('before').bytes(32));
    const previousSecret = {
      sealed: ring.seal(before, secretOwner(target), new SeededRandom().bytes(12)),
      until: clock.now() + 60_000,
    };
    ports.subscriptions.change(target, { previousSecret });
    await run(message());
    clock.advance(60_000);
    await run(message({ eventId: 'evt_2' as EventId, arrivedAt: clock.now() }));
    const [during, after] = ports.endpoint.requests.map(({ headers }) => headers);
    expect(during!['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect(after!['webhook-signature']).toMatch(/^v1,\S+$/);
    const timeless = (secret: string) =>
      new Webhook(secret).sign('evt_1', new Date(Number(during!['webhook-timestamp']) * 1000), BODY);
    expect(during!['webhook-signature']).toBe(`${timeless(SECRET)} ${timeless(before)}`);
    expect(during!['X-R2-Signature']).toBe(createHmac('sha256', SECRET).update(BODY).digest('hex'));
  });

  test('headers go along, beside ours', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, {
      headers: sealHeaders({ authorization: 'Basic hush' }, target, ring, new SeededRandom()),
    });
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.endpoint.requests[0]!.headers).toMatchObject({
      authorization: 'Basic hush',
      'content-type': 'application/json',
      'webhook-id': 'evt_1',
    });
    expect(JSON.stringify(ports.deliveries.records)).not.toContain('hush');
  });

  test('headers that do not open return the message: it is not sent without them', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, {
      headers: sealHeaders({ authorization: 'x' }, subscription(), ring, new SeededRandom()),
    });
    expect((await run(message())).returned).toEqual(['m0']);
    expect(ports.endpoint.requests).toEqual([]);
  });
});

describe("an event's own URL", () => {
  const URL = 'https://customer.example.com/hooks?x=1';
  const toUrl = (message: DeliveryMessage): DeliveryMessage => ({
    ...message,
    url: URL,
    subscriptionId: urlTarget(URL),
  });

  test("is delivered to, signed with the account's secret, which is made when it is first needed", async () => {
    const { ports, message, run, clock } = await setUp(REKOGNITA_PROFILE);
    expect(await run(toUrl(message()))).toMatchObject({ outcomes: { delivered: 1 } });
    const [request] = ports.endpoint.requests;
    expect(request!.url).toBe(URL);
    const sealed = await ports.accounts.createSecretIfAbsent(TENANT, 'other');
    const secret = (await keyRings.ring()).unseal(sealed, accountSecretOwner(TENANT));
    expect(request!.headers['X-Rekognita-Signature']).toBe(createHmac('sha256', secret).update(BODY).digest('hex'));
    expect(ports.deliveries.records).toMatchObject([{ subscriptionId: urlTarget(URL), url: URL, status: 'delivered' }]);
    clock.advance(1_000);
    await run(toUrl(message({ eventId: 'b' as EventId })));
    expect(await ports.accounts.createSecretIfAbsent(TENANT, 'other')).toBe(sealed);
  });

  test('is never counted or disabled, but the platform is told of a failure', async () => {
    const { ports, message, run } = await setUp();
    for (const eventId of ['a', 'b', 'c', 'd', 'e', 'f'] as EventId[]) {
      ports.endpoint.results.push(answered(404));
      expect(await run(toUrl(message({ eventId })))).toMatchObject({ outcomes: { failed: 1 } });
    }
    expect(new Set(ports.operationalEvents.names)).toEqual(new Set(['delivery.failed']));
    expect(ports.operationalEvents.emitted[0]!.detail).not.toHaveProperty('subscription_id');
    expect(await run(toUrl(message({ eventId: 'g' as EventId })))).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('has a circuit of its origin', async () => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(...Array.from({ length: 5 }, () => timedOut()));
    await run(...(['a', 'b', 'c', 'd', 'e'] as EventId[]).map((eventId) => toUrl(message({ eventId }))));
    const other = {
      ...message({ eventId: 'f' as EventId }),
      url: 'https://customer.example.com/elsewhere',
      subscriptionId: urlTarget('https://customer.example.com/elsewhere'),
    };
    expect(await run(other)).toMatchObject({ outcomes: { deferred: 1 } });
  });
});

/** The event that references are to. */
