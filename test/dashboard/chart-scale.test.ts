import fc from 'fast-check';
import { axisTop, barsOf, heightOf } from '../../dashboard/components/chart-scale';

const hoursFrom = (start: string, counts: readonly number[]) =>
  counts.map((delivered, index) => ({
    start: new Date(Date.parse(start) + index * 3_600_000).toISOString(),
    delivered,
    failed: 1,
    cancelled: 0,
  }));

test('a day has a bar an hour, a week one for six', () => {
  expect(barsOf(hoursFrom('2026-03-19T00:00:00.000Z', Array<number>(24).fill(2)), 'day')).toHaveLength(24);
  const week = barsOf(hoursFrom('2026-03-19T00:00:00.000Z', Array<number>(168).fill(2)), 'week');
  expect(week).toHaveLength(28);
  expect(week[1]).toEqual({
    start: new Date('2026-03-19T06:00:00.000Z'),
    end: new Date('2026-03-19T12:00:00.000Z'),
    delivered: 12,
    failed: 6,
    cancelled: 0,
  });
});

test('nothing is lost in bars', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 168, maxLength: 168 }), (counts) => {
      const total = barsOf(hoursFrom('2026-03-19T00:00:00.000Z', counts), 'week').reduce(
        (sum, bar) => sum + heightOf(bar),
        0,
      );
      expect(total).toBe(counts.reduce((sum, each) => sum + each, 0) + 168);
    }),
  );
});

test('the axis holds every bar, and its half is a whole number', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), (highest) => {
      const top = axisTop(highest);
      expect(top).toBeGreaterThanOrEqual(highest);
      expect(top).toBeLessThanOrEqual(Math.max(4, highest * 2.5));
      expect(Number.isInteger(top / 2)).toBe(true);
    }),
  );
});
