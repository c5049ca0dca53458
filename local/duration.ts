import { UserError } from './user-error';

const UNIT_SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 };
const PARTS = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;
const LONGEST_SECONDS = 400 * UNIT_SECONDS.d;

/**
 * Seconds of a duration such as `90s`, `30m`, `2h`, `1d` or `1h30m`.
 * @throws {UserError} for anything else, nothing and more than 400 days
 */
export function parseDuration(text: string): number {
  const parts = PARTS.exec(text.trim());
  const seconds =
    parts === null
      ? 0
      : Object.values(UNIT_SECONDS).reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
  if (seconds > LONGEST_SECONDS) throw new UserError(`${text} is too long: at most 400d.`);
  if (seconds > 0) return seconds;
  throw new UserError(`"${text}" is not a duration: write it like 90s, 30m, 2h, 1d or 1h30m.`);
}

/** `1d2h`, `0s`; fractions of a second are dropped. */
export function formatDuration(seconds: number): string {
  let rest = Math.floor(seconds);
  const parts = Object.entries(UNIT_SECONDS).map(([name, unit]) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count > 0 ? `${count}${name}` : '';
  });
  return parts.join('') || '0s';
}
