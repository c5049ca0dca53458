import { type Harness, setUp, T, TENANT } from '../harness';

const EVENT = { event_id: 'event-1', event_type: 'job.completed', payload: { a: 1 } };
const KIB = 1024;

let api: Harness;
beforeEach(() => {
  api = setUp();
});

const publish = (body: unknown) => api.call('POST', `${T}/events`, { body });

describe('publishing', () => {
  test('one event puts it on the queue, with its tenant', async () => {
    expect(await publish(EVENT)).toMatchObject({
      status: 202,
      json: { accepted: 1, events: [{ event_id: 'event-1' }] },
    });
    expect(
      api.publisher.published.map(({ tenantId, message }) => ({ tenantId, message: JSON.parse(message) as unknown })),
    ).toEqual([{ tenantId: TENANT, message: { ...EVENT, tenant_id: TENANT } }]);
  });

  test('many keeps their order', async () => {
    const ids = Array.from({ length: 100 }, (_unused, index) => `event-${index}`);
    const { json } = await publish({ events: ids.map((id) => ({ ...EVENT, event_id: id })) });
    expect(json).toEqual({ accepted: 100, events: ids.map((id) => ({ event_id: id })) });
  });

  test('keeps the digits of numbers, and the bytes of a text', async () => {
    await api.call('POST', `${T}/events`, {
      raw: '{"event_id":"e","event_type":"job.failed","payload":{"n":1.10,"big":12345678901234567890}}',
    });
    expect(api.publisher.published[0]!.message).toContain('"payload":{"n":1.10,"big":12345678901234567890}');
    await api.call('POST', `${T}/events`, {
      raw: Buffer.from('{"event_id":"e","event_type":"job.failed","payload":" ü\\u00fc "}'),
    });
    expect((JSON.parse(api.publisher.published[1]!.message) as { payload: string }).payload).toBe(' üü ');
  });

  test('takes the tenant of the path, and no other', async () => {
    expect((await publish({ ...EVENT, tenant_id: TENANT })).status).toBe(202);
    expect(await publish({ ...EVENT, tenant_id: 'org_2/team_2' })).toMatchObject({
      status: 400,
      json: { details: [{ field: 'tenant_id' }] },
    });
  });

  test.each<[string, unknown, string]>([
    ['no id', { ...EVENT, event_id: undefined }, 'event_id'],
    ['an unknown type', { ...EVENT, event_type: 'job.paused' }, 'event_type'],
    ['an unknown field', { ...EVENT, webhookUrl: 'https://a.example.com' }, 'webhookUrl'],
    ['a list', [EVENT], 'body'],
    ['no events', { events: [] }, 'events'],
    ['101 events', { events: Array(101).fill(EVENT) }, 'events'],
    ['something beside events', { events: [EVENT], mode: 'fast' }, 'mode'],
    ['a fault in the second', { events: [EVENT, { ...EVENT, payload: 1 }] }, 'events.1.payload'],
  ])('refuses %s and takes nothing', async (_what, body, field) => {
    expect(await publish(body)).toMatchObject({
      status: 400,
      json: { code: 'VALIDATION_ERROR', details: [{ field }] },
    });
    expect(api.publisher.published).toEqual([]);
  });

  test('takes events up to their size, and says so of those that are larger', async () => {
    const sized = (bytes: number) => ({
      ...EVENT,
      payload: 'x'.repeat(bytes - Buffer.byteLength(JSON.stringify({ ...EVENT, payload: '', tenant_id: TENANT }))),
    });
    expect((await publish({ events: [sized(960 * KIB), sized(960 * KIB)] })).status).toBe(202);
    for (const body of [sized(960 * KIB + 1), { events: [EVENT, sized(960 * KIB + 1)] }]) {
      expect(await publish(body)).toMatchObject({
        status: 413,
        json: { code: 'BAD_REQUEST', error: { message: expect.stringContaining('At most 983040') as string } },
      });
    }
    expect((await publish({ events: Array(7).fill(sized(950 * KIB)) })).status).toBe(413);
    expect(api.publisher.published).toHaveLength(2);
  });

  test('is 503 unless the queue has them all', async () => {
    api.publisher.answers.push('sent', 'refused');
    expect(await publish({ events: [EVENT, { ...EVENT, event_id: 'event-2' }] })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
    });
  });

  test('needs JSON in UTF-8', async () => {
    expect((await api.call('POST', `${T}/events`, { raw: Buffer.from([0x7b, 0xff, 0x7d]) })).json).toMatchObject({
      details: [{ field: 'body', message: 'is not UTF-8' }],
    });
    expect((await api.call('POST', `${T}/events`, { raw: '{"event_id":' })).json).toMatchObject({
      details: [{ field: 'body', message: 'is not JSON' }],
    });
    expect((await api.call('POST', `${T}/events`)).json).toMatchObject({
      details: [{ field: 'body', message: 'is required' }],
    });
    expect(
      (
        await api.call('POST', `${T}/events`, {
          raw: 'event_id=1',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      ).status,
    ).toBe(415);
  });
});
