import { figuresOf, HOUR_MS, type LogChange } from '../../../lambda/core/history/figures';
import { type SubscriptionId, type TenantId, urlTarget } from '../../../lambda/core/shared/identifiers';
import { TENANT } from '../../builders/subscription';

const HOUR = Date.parse('2026-03-19T10:00:00Z');
const SUBSCRIPTION = '019d05b9-8e40-7000-8000-000000000001' as SubscriptionId;
const change = (
  before: LogChange['before'],
  after: LogChange['after'],
  changes: Partial<LogChange> = {},
): LogChange => ({
  tenantId: TENANT,
  target: SUBSCRIPTION,
  ...(before !== undefined && { before }),
  after,
  ...changes,
});
const ended = (status: 'delivered' | 'failed' | 'cancelled', settledAt = HOUR + 60_000) => ({ status, settledAt });
const pending = { status: 'pending' } as const;
const hours = (changes: readonly LogChange[]) => figuresOf(changes).filter((update) => update.kind === 'hour');
const sums = (changes: readonly LogChange[]) =>
  hours(changes).map(({ kind: _kind, tenantId: _tenant, ...rest }) => rest);

test.each(['delivered', 'failed', 'cancelled'] as const)(
  'a delivery that is %s counts once, for its target and for the tenant, in the hour of its end',
  (status) => {
    const counts = { delivered: 0, failed: 0, cancelled: 0, [status]: 1 };
    for (const before of [undefined, pending]) {
      expect(hours([change(before, ended(status))])).toEqual([
        { kind: 'hour', tenantId: TENANT, target: SUBSCRIPTION, hour: HOUR, ...counts },
        { kind: 'hour', tenantId: TENANT, hour: HOUR, ...counts },
      ]);
    }
  },
);

test('what else is written on a record counts for nothing', () => {
  expect(
    figuresOf([
      change(undefined, pending),
      change(pending, pending),
      change(ended('failed'), ended('failed')),
      change(ended('delivered'), ended('delivered', HOUR + 61_000)),
    ]),
  ).toEqual([]);
});

test.each(['failed', 'cancelled'] as const)(
  'a success that goes over a delivery that was %s takes that end back, in the hour in which it was',
  (status) => {
    const found = sums([change(ended(status, HOUR - 1), ended('delivered', HOUR))]);
    expect(found).toContainEqual({ target: SUBSCRIPTION, hour: HOUR, delivered: 1, failed: 0, cancelled: 0 });
    expect(found).toContainEqual({
      target: SUBSCRIPTION,
      hour: HOUR - HOUR_MS,
      delivered: 0,
      failed: 0,
      cancelled: 0,
      [status]: -1,
    });
    expect(found).toHaveLength(4);
  },
);

test('a batch is summed: a write for each target and hour, and for each tenant and hour', () => {
  const other = '019d05b9-8e40-7000-8000-000000000002' as SubscriptionId;
  const theirs = 'org_123/other' as TenantId;
  const batch = [
    ...Array.from({ length: 5 }, () => change(pending, ended('delivered'))),
    ...Array.from({ length: 2 }, () => change(undefined, ended('failed'))),
    change(undefined, ended('delivered', HOUR + HOUR_MS)),
    change(undefined, ended('delivered'), { target: other }),
    change(undefined, ended('cancelled'), { tenantId: theirs }),
  ];
  expect(hours(batch).map(({ kind: _kind, ...rest }) => rest)).toEqual([
    { tenantId: TENANT, target: SUBSCRIPTION, hour: HOUR, delivered: 5, failed: 2, cancelled: 0 },
    { tenantId: TENANT, hour: HOUR, delivered: 6, failed: 2, cancelled: 0 },
    { tenantId: TENANT, target: SUBSCRIPTION, hour: HOUR + HOUR_MS, delivered: 1, failed: 0, cancelled: 0 },
    { tenantId: TENANT, hour: HOUR + HOUR_MS, delivered: 1, failed: 0, cancelled: 0 },
    { tenantId: TENANT, target: other, hour: HOUR, delivered: 1, failed: 0, cancelled: 0 },
    { tenantId: theirs, target: SUBSCRIPTION, hour: HOUR, delivered: 0, failed: 0, cancelled: 1 },
    { tenantId: theirs, hour: HOUR, delivered: 0, failed: 0, cancelled: 1 },
  ]);
});

test('what comes to nothing is not written', () => {
  const found = sums([change(pending, ended('failed')), change(ended('failed'), ended('delivered', HOUR + HOUR_MS))]);
  expect(found.map(({ hour, delivered, failed }) => [hour, delivered, failed])).toEqual([
    [HOUR + HOUR_MS, 1, 0],
    [HOUR + HOUR_MS, 1, 0],
  ]);
});

describe('when something was last sent', () => {
  const sent = (lastAttemptAt: number, changes: Partial<LogChange> = {}, url?: string) =>
    change(pending, { ...ended('delivered'), lastAttemptAt, ...(url !== undefined && { url }) }, changes);
  const latest = (changes: readonly LogChange[]) => figuresOf(changes).filter(({ kind }) => kind !== 'hour');

  test('is the latest attempt of the batch, for each target', () => {
    const other = '019d05b9-8e40-7000-8000-000000000002' as SubscriptionId;
    expect(latest([sent(HOUR + 5), sent(HOUR + 9), sent(HOUR + 7), sent(HOUR + 1, { target: other })])).toEqual([
      { kind: 'triggered', tenantId: TENANT, target: SUBSCRIPTION, at: HOUR + 9 },
      { kind: 'triggered', tenantId: TENANT, target: other, at: HOUR + 1 },
    ]);
  });

  test('is not told of a delivery that was never attempted', () => {
    expect(latest([change(undefined, ended('cancelled'))])).toEqual([]);
  });

  test("names of an event's own URL the origin, and nothing else of it", () => {
    const url = 'https://user:secret@a.example.com:8443/hooks/T0K3N?key=1';
    expect(latest([sent(HOUR, { target: urlTarget(url) }, url)])).toEqual([
      { kind: 'origin', tenantId: TENANT, target: urlTarget(url), origin: 'https://a.example.com:8443', at: HOUR },
    ]);
  });

  test("does not tell a subscription's URL", () => {
    expect(JSON.stringify(figuresOf([sent(HOUR, {}, 'https://a.example.com/')]))).not.toContain('example');
  });
});
