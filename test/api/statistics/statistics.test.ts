import { type SubscriptionId, urlTarget } from '../../../lambda/core/shared/identifiers';
import { type Harness, OTHER, setUp, T, TENANT, tenantPathOf } from '../harness';

const WEBHOOK = '0199d1c2-7f1a-7c3e-9a55-3f0c2b7d4e10';
const HOUR_MS = 3_600_000;

interface Statistics {
  readonly hours: { readonly start: string; readonly delivered: number }[];
  readonly totals: object;
}

let api: Harness;
let hour: number;
beforeEach(() => {
  api = setUp();
  hour = Math.floor(api.clock.now() / HOUR_MS) * HOUR_MS;
});

const read = async (query = '') => (await api.call('GET', `${T}/webhooks/stats`, { query })).json as Statistics;

describe('figures', () => {
  test('come for every hour of a day, this one last, and in all', async () => {
    await api.figures.apply({ kind: 'hour', tenantId: TENANT, hour, delivered: 3, failed: 1, cancelled: 0 });
    await api.figures.apply({
      kind: 'hour',
      tenantId: TENANT,
      hour: hour - 23 * HOUR_MS,
      delivered: 2,
      failed: 0,
      cancelled: 4,
    });
    await api.figures.apply({
      kind: 'hour',
      tenantId: TENANT,
      hour: hour - 24 * HOUR_MS,
      delivered: 9,
      failed: 9,
      cancelled: 9,
    });
    const { hours, totals } = await read();
    expect(hours).toHaveLength(24);
    expect(hours[0]).toEqual({ start: '2026-03-18T11:00:00.000Z', delivered: 2, failed: 0, cancelled: 4 });
    expect(hours.at(-1)).toEqual({ start: '2026-03-19T10:00:00.000Z', delivered: 3, failed: 1, cancelled: 0 });
    expect(totals).toEqual({ delivered: 5, failed: 1, cancelled: 4 });
  });

  test('come for a week, and for one webhook', async () => {
    await api.figures.apply({
      kind: 'hour',
      tenantId: TENANT,
      target: WEBHOOK as SubscriptionId,
      hour: hour - 100 * HOUR_MS,
      delivered: 1,
      failed: 0,
      cancelled: 0,
    });
    expect((await read('period=week')).hours).toHaveLength(168);
    expect((await read('period=week')).totals).toMatchObject({ delivered: 0 });
    expect(await read(`period=week&subscription_id=${WEBHOOK}`)).toMatchObject({
      period: 'week',
      totals: { delivered: 1 },
    });
  });

  test('are never below nothing', async () => {
    await api.figures.apply({ kind: 'hour', tenantId: TENANT, hour, delivered: 1, failed: -1, cancelled: 0 });
    expect((await read()).totals).toEqual({ delivered: 1, failed: 0, cancelled: 0 });
  });

  test.each(['period=month', 'subscription_id=all'])('are not to be had by %s', async (query) => {
    expect((await api.call('GET', `${T}/webhooks/stats`, { query })).status).toBe(400);
  });
});

test('origins that events named come in pages, for their tenant alone', async () => {
  const origins = ['a', 'b', 'c'].map((name) => `https://${name}.example.com`);
  for (const origin of origins)
    await api.figures.apply({
      kind: 'origin',
      tenantId: TENANT,
      target: urlTarget(origin),
      origin,
      at: api.clock.now(),
    });
  const path = `${T}/webhooks/origins`;
  const first = (await api.call('GET', path, { query: 'limit=2' })).json as {
    data: { origin: string; last_triggered_at: string }[];
    next_cursor: string;
  };
  const second = (await api.call('GET', path, { query: `limit=2&cursor=${first.next_cursor}` })).json as typeof first;
  expect([...first.data, ...second.data].map(({ origin }) => origin).sort()).toEqual(origins);
  expect(first.data[0]!.last_triggered_at).toBe('2026-03-19T10:21:44.000Z');
  expect((await api.call('GET', `${tenantPathOf(OTHER)}/webhooks/origins`)).json).toEqual({
    data: [],
    has_more: false,
  });
});
