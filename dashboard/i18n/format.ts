/** Dates, numbers and durations, as the page's language writes them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
];

export interface Format {
  number: (value: number) => string;
  /** To the second, with the time zone where `full`. */
  dateTime: (at: Date, full?: boolean) => string;
  time: (at: Date) => string;
  weekday: (at: Date) => string;
  hour: (at: Date) => string;
  day: (at: Date) => string;
  /**
   * "3 minutes ago", "in 2 hours".
   *
   * @param ms to the time; negative: since
   */
  relative: (ms: number) => string;
  /** "143 ms", "2.4 s", "3 min". */
  duration: (ms: number) => string;
  bytes: (count: number) => string;
  percent: (share: number) => string;
  list: (items: readonly string[]) => string;
}

export function formatIn(language: string): Format {
  const numbers = new Intl.NumberFormat(language);
  const one = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  const fullDate = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
  const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'short' });
  const day = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const list = new Intl.ListFormat(language, { type: 'conjunction' });
  const bytes = new Intl.NumberFormat(language, { style: 'unit', unit: 'byte', unitDisplay: 'long' });
  const unit = (name: string, value: number) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: value < 10 && name !== 'millisecond' ? 1 : 0,
    }).format(value);
  return {
    number: (value) => numbers.format(value),
    dateTime: (at, full = false) => (full ? fullDate : date).format(at),
    time: (at) => time.format(at),
    weekday: (at) => weekday.format(at),
    hour: (at) => hour.format(at),
    day: (at) => day.format(at),
    relative: (ms) => {
      const [name, size] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? (['second', SECOND] as const);
      return relative.format(Math.trunc(ms / size), name);
    },
    duration: (ms) => {
      if (ms < SECOND) return unit('millisecond', Math.round(ms));
      if (ms < MINUTE) return unit('second', ms / SECOND);
      if (ms < HOUR) return unit('minute', ms / MINUTE);
      return ms < DAY ? unit('hour', ms / HOUR) : unit('day', ms / DAY);
    },
    bytes: (count) => {
      if (count < 1024) return bytes.format(count);
      return count < 1024 ** 2 ? `${one.format(count / 1024)} KiB` : `${one.format(count / 1024 ** 2)} MiB`;
    },
    percent: (share) => percent.format(share),
    list: (items) => list.format(items),
  };
}

/**
 * The page's language as it is written where the reader is: `en-GB` for whoever prefers that, if the page is in
 * English.
 *
 * @param preferred the browser's languages
 */
export function inReadersRegion(language: string, preferred: readonly string[]): string {
  return preferred.find((each) => each === language || each.startsWith(`${language}-`)) ?? language;
}
