import { createHmac, randomUUID } from 'node:crypto';
import { Platform } from './platform';
import { Receiver } from './receiver';

jest.setTimeout(300_000);

const receiver = new Receiver({ now: () => new Platform().now() });
beforeAll(() => receiver.listen());
afterAll(() => receiver.close());

/** Seconds of virtual time between the first arrival and each. */
function offsets(path: string): number[] {
  const arrivals = receiver.at(path);
  return arrivals.map(({ virtualAt }) => Math.round(virtualAt - arrivals[0]!.virtualAt));
}

describe('Rekognita', () => {
  const platform = new Platform('rekognita');
  const document = {
    event: 'document.completed',
    document_id: 'doc_abc123',
    status: 'completed',
    result: { text: 'Recognized document text...', confidence: 0.991, pages: 1, language: 'en' },
  };
  const eventOf = (tenant: string, url: string, changes: Record<string, unknown> = {}) =>
    JSON.stringify({
      event_id: randomUUID(),
      event_type: 'document.completed',
      tenant_id: tenant,
      payload: document,
      webhook_url: url,
      ...changes,
    });

  test("an event goes to its own URL, signed with the account's secret as the guide says", async () => {
    const tenant = platform.newTenant();
    const secret = await platform.accountSecret(tenant);
    await platform.publish([eventOf(tenant, receiver.url(`/${tenant}`))]);
    const [arrival] = await receiver.arrived(`/${tenant}`, 1);
    expect(arrival!.headers['x-rekognita-signature']).toBe(
      createHmac('sha256', secret).update(arrival!.body).digest('hex'),
    );
    expect(JSON.parse(arrival!.body.toString())).toEqual(document);
    expect(arrival!.headers['user-agent']).toBe('Rekognita-Webhook/1.0');
    expect(arrival!.headers).toHaveProperty('webhook-signature');
    expect(arrival!.headers).not.toHaveProperty('x-r2-signature');
  });

  test('document.partial may come several times for a document', async () => {
    const tenant = platform.newTenant();
    await platform.publish(
      ['1', '2', '3'].map((part) =>
        eventOf(tenant, receiver.url(`/${tenant}`), {
          event_id: `doc_abc123:partial:${part}`,
          event_type: 'document.partial',
          payload: { ...document, part },
        }),
      ),
    );
    expect(await receiver.arrived(`/${tenant}`, 3)).toHaveLength(3);
  });

  test.each(['500', '404', '302', '410', '429'])(
    'all five attempts of an endpoint that answers %s arrive at +0, +0:30, +5:30, +35:30 and +2:35:30',
    async (status) => {
      const tenant = platform.newTenant();
      const path = `/${tenant}/${status}`;
      await platform.publish([eventOf(tenant, receiver.url(path))]);
      await receiver.arrived(path, 1);
      await platform.settled(tenant);
      await platform.moveClock(3 * 3600);
      expect(receiver.at(path)).toHaveLength(5);
      offsets(path).forEach((seconds, index) => {
        const due = [0, 30, 330, 2130, 9330][index]!;
        expect(seconds).toBeGreaterThanOrEqual(due);
        expect(seconds).toBeLessThanOrEqual(due + 10);
      });
      expect(new Set(receiver.at(path).map(({ body }) => body.toString())).size).toBe(1);
      expect(new Set(receiver.at(path).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      expect(await platform.queued(tenant)).toEqual([]);
      expect(await platform.deliveries(tenant)).toMatchObject([{ status: 'failed', attempts: 5 }]);
    },
  );

  test('an endpoint that comes back gets its event at the next attempt, and no more', async () => {
    const tenant = platform.newTenant();
    const path = `/${tenant}`;
    receiver.answer(path, [503, 503, 200]);
    await platform.publish([eventOf(tenant, receiver.url(path))]);
    await receiver.arrived(path, 1);
    await platform.moveClock(3 * 3600);
    expect(offsets(path)).toHaveLength(3);
    expect(await platform.deliveries(tenant)).toMatchObject([{ status: 'delivered', attempts: 3 }]);
  });
});

describe('LeapOCR', () => {
  const platform = new Platform('leapocr');
  const eventOf = (tenant: string, changes: Record<string, unknown> = {}) =>
    JSON.stringify({
      event_id: randomUUID(),
      event_type: 'job.completed',
      tenant_id: tenant,
      payload: { event_type: 'job.completed' },
      ...changes,
    });

  test('eight attempts over about a day, each after its step and at most a fifth more', async () => {
    const tenant = platform.newTenant();
    const path = `/${tenant.split('/')[0]!}/503`;
    await platform.subscribe(tenant, receiver.url(path), ['job.completed']);
    await platform.publish([eventOf(tenant)]);
    await receiver.arrived(path, 1);
    await platform.moveClock(30 * 3600);
    const times = receiver.at(path).map(({ virtualAt }) => virtualAt);
    const waits = times.slice(1).map((time, index) => time - times[index]!);
    expect(waits).toHaveLength(7);
    [10, 60, 300, 1800, 7200, 21600, 54000].forEach((step, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(step - 0.1);
      expect(waits[index]).toBeLessThanOrEqual(step * 1.2 + 10);
    });
    expect(await platform.deliveries(tenant)).toMatchObject([{ status: 'failed', attempts: 8 }]);
  });

  test('a 404 is final', async () => {
    const tenant = platform.newTenant();
    const path = `/${tenant.split('/')[0]!}/404`;
    await platform.subscribe(tenant, receiver.url(path), ['job.completed']);
    await platform.publish([eventOf(tenant)]);
    await receiver.arrived(path, 1);
    await platform.settled(tenant);
    await platform.moveClock(3600);
    expect(receiver.at(path)).toHaveLength(1);
    expect(await platform.deliveries(tenant)).toMatchObject([{ status: 'failed', attempts: 1 }]);
  });

  test('a Retry-After that is later than the step is waited for', async () => {
    const tenant = platform.newTenant();
    const path = `/${tenant.split('/')[0]!}`;
    receiver.answer(path, [{ status: 429, headers: { 'retry-after': '1800' } }, 200]);
    await platform.subscribe(tenant, receiver.url(path), ['job.completed']);
    await platform.publish([eventOf(tenant)]);
    await receiver.arrived(path, 1);
    await platform.moveClock(3600);
    const [, second] = offsets(path);
    expect(second).toBeGreaterThanOrEqual(1800);
    expect(second).toBeLessThanOrEqual(1815);
  });

  test('five failed deliveries in a row disable the subscription; later ones are recorded as cancelled', async () => {
    const tenant = platform.newTenant();
    const path = `/${tenant.split('/')[0]!}/400`;
    await platform.subscribe(tenant, receiver.url(path), ['job.completed']);
    await platform.publish(Array.from({ length: 5 }, () => eventOf(tenant)));
    await receiver.arrived(path, 5);
    await platform.settled(tenant);
    await platform.publish([eventOf(tenant), eventOf(tenant)]);
    await platform.settled(tenant);
    await platform.recorded(tenant, 7);
    expect(receiver.at(path)).toHaveLength(5);
    expect((await platform.deliveries(tenant)).map(({ status }) => status).sort()).toEqual([
      'cancelled',
      'cancelled',
      'failed',
      'failed',
      'failed',
      'failed',
      'failed',
    ]);
  });

  test('a success among the failures keeps it enabled', async () => {
    const tenant = platform.newTenant();
    const path = `/${tenant.split('/')[0]!}`;
    receiver.answer(path, [400, 400, 400, 400, 200, 400, 400, 400, 400, 200]);
    await platform.subscribe(tenant, receiver.url(path), ['job.completed']);
    for (let index = 0; index < 10; index += 1) {
      await platform.publish([eventOf(tenant)]);
      await platform.recorded(tenant, index + 1);
    }
    expect(receiver.at(path)).toHaveLength(10);
    expect((await platform.deliveries(tenant)).filter(({ status }) => status === 'delivered')).toHaveLength(2);
  });
});
