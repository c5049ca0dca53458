/** The figures of a day or a week as bars, and an axis that ends in a round number. */
import type { HourFigures, Period } from '../api/operations';

export interface Bar {
  readonly start: Date;
  readonly end: Date;
  readonly delivered: number;
  readonly failed: number;
  readonly cancelled: number;
}

const HOUR_MS = 3_600_000;
/** Hours of a bar: a week in hours would be 168 of them. */
export const BAR_HOURS: Record<Period, number> = { day: 1, week: 6 };

/** @param hours oldest first */
export function barsOf(hours: readonly HourFigures[], period: Period): readonly Bar[] {
  const size = BAR_HOURS[period];
  const bars: Bar[] = [];
  for (let at = 0; at < hours.length; at += size) {
    const within = hours.slice(at, at + size);
    const sum = (name: 'delivered' | 'failed' | 'cancelled') => within.reduce((total, hour) => total + hour[name], 0);
    const start = new Date(within[0]!.start);
    bars.push({
      start,
      end: new Date(Date.parse(within.at(-1)!.start) + HOUR_MS),
      delivered: sum('delivered'),
      failed: sum('failed'),
      cancelled: sum('cancelled'),
    });
  }
  return bars;
}

export function heightOf({ delivered, failed, cancelled }: Pick<Bar, 'delivered' | 'failed' | 'cancelled'>): number {
  return delivered + failed + cancelled;
}

/**
 * @returns the least of 1, 2, 4, 6 and 10 times a power of ten that holds it, and not less than 4: halves and whole
 *   ones make ticks
 */
export function axisTop(highest: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(highest, 1)));
  const top = [1, 2, 4, 6, 10].map((each) => each * power).find((each) => each >= highest) ?? highest;
  return Math.max(4, top);
}
