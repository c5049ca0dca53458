import { randomBytes } from 'node:crypto';
import { type Figures, type FigureStore, HOUR_MS } from '../../lambda/core/history/figures';
import type { SubscriptionId, TenantId } from '../../lambda/core/shared/identifiers';

/** Of this hour: items of long ago are past their time. */
const HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const NONE = { delivered: 0, failed: 0, cancelled: 0 };

/** What every store of figures does, the fake and the real one alike. */
export function figuresContract(create: () => FigureStore & Figures): void {
  let figures: FigureStore & Figures;
  beforeAll(() => {
    figures = create();
  });
  const newTenant = () => `org_123/${randomBytes(6).toString('hex')}` as TenantId;
  const target = '019d05b9-8e40-7000-8000-000000000001' as SubscriptionId;
  const add = (
    tenantId: TenantId,
    hour: number,
    counts: Partial<typeof NONE>,
    of: { target?: SubscriptionId } = { target },
  ) => figures.apply({ kind: 'hour', tenantId, ...of, hour, ...NONE, ...counts });

  test('figures of an hour add up', async () => {
    const tenantId = newTenant();
    await Promise.all([
      add(tenantId, HOUR, { delivered: 3, failed: 1 }),
      add(tenantId, HOUR, { delivered: 4, cancelled: 2 }),
      add(tenantId, HOUR, { failed: -1, delivered: 1 }),
    ]);
    expect(await figures.hourly(tenantId, target, HOUR, HOUR)).toEqual([
      { hour: HOUR, delivered: 8, failed: 0, cancelled: 2 },
    ]);
  });

  test('hours are read in their order, those at both ends of the time included', async () => {
    const tenantId = newTenant();
    for (const hours of [2, 0, 30, 1, 3]) await add(tenantId, HOUR - hours * HOUR_MS, { delivered: hours + 1 });
    const found = await figures.hourly(tenantId, target, HOUR - 3 * HOUR_MS + 1, HOUR - 1);
    expect(found.map(({ hour, delivered }) => [hour, delivered])).toEqual(
      [3, 2, 1].map((hours) => [HOUR - hours * HOUR_MS, hours + 1]),
    );
  });

  test("a target's figures, another's, the tenant's as a whole and another tenant's are apart", async () => {
    const [tenantId, theirs] = [newTenant(), newTenant()];
    const other = 'url:0123456789abcdef0123456789abcdef' as SubscriptionId;
    await add(tenantId, HOUR, { delivered: 1 });
    await add(tenantId, HOUR, { delivered: 2 }, { target: other });
    await add(tenantId, HOUR, { delivered: 3 }, {});
    await add(theirs, HOUR, { delivered: 4 });
    const delivered = async (of: TenantId, which?: SubscriptionId) =>
      (await figures.hourly(of, which, HOUR, HOUR)).map((each) => each.delivered);
    expect(
      await Promise.all([
        delivered(tenantId, target),
        delivered(tenantId, other),
        delivered(tenantId),
        delivered(theirs, target),
        delivered(theirs),
      ]),
    ).toEqual([[1], [2], [3], [4], []]);
  });

  test('the last time that something was sent only grows', async () => {
    const tenantId = newTenant();
    for (const at of [HOUR + 5, HOUR + 9, HOUR + 7]) await figures.apply({ kind: 'triggered', tenantId, target, at });
    expect(await figures.lastTriggered(tenantId, target, target)).toEqual(new Map([[target, HOUR + 9]]));
  });

  test('last times are read of the subscriptions whose ids lie between two, both included', async () => {
    const tenantId = newTenant();
    const ids = Array.from(
      { length: 6 },
      (_unused, index) => `019d05b9-8e40-7000-8000-00000000000${index}` as SubscriptionId,
    );
    for (const [index, id] of ids.entries())
      if (index !== 3) await figures.apply({ kind: 'triggered', tenantId, target: id, at: HOUR + index });
    await figures.apply({ kind: 'triggered', tenantId: newTenant(), target: ids[3]!, at: HOUR });
    expect(await figures.lastTriggered(tenantId, ids[1]!, ids[4]!)).toEqual(
      new Map([1, 2, 4].map((index) => [ids[index]!, HOUR + index])),
    );
  });

  test("origins that a tenant's events named are listed page by page, with the last time of each", async () => {
    const tenantId = newTenant();
    const targets = Array.from({ length: 5 }, (_unused, index) => `url:${String(index).repeat(32)}` as SubscriptionId);
    for (const [index, each] of targets.entries())
      await figures.apply({
        kind: 'origin',
        tenantId,
        target: each,
        origin: `https://o${index}.example.com`,
        at: HOUR + index,
      });
    await figures.apply({
      kind: 'origin',
      tenantId,
      target: targets[0]!,
      origin: 'https://o0.example.com',
      at: HOUR - 1,
    });
    await figures.apply({
      kind: 'origin',
      tenantId: newTenant(),
      target: targets[0]!,
      origin: 'https://theirs.example.com',
      at: HOUR,
    });
    const first = await figures.origins(tenantId, 3);
    expect(first.after).toBe(targets[2]);
    const second = await figures.origins(tenantId, 3, first.after);
    expect(second.after).toBeUndefined();
    expect([...first.origins, ...second.origins]).toEqual(
      targets.map((each, index) => ({
        target: each,
        origin: `https://o${index}.example.com`,
        lastTriggeredAt: HOUR + index,
      })),
    );
  });

  test('of a tenant without figures there are none', async () => {
    const tenantId = newTenant();
    expect(await figures.hourly(tenantId, undefined, 0, HOUR)).toEqual([]);
    expect(await figures.lastTriggered(tenantId, target, target)).toEqual(new Map());
    expect(await figures.origins(tenantId, 10)).toEqual({ origins: [] });
  });
}
