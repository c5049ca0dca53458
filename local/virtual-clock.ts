import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * The clock file holds the seconds that the local stack's time is ahead of the real one; its readers look every 20 ms
 * (local/clock/).
 */
export function readClockOffset(clockFile: string): number {
  const seconds = Number(readFileSync(clockFile, 'utf8').trim());
  if (!Number.isFinite(seconds)) throw new Error(`${clockFile} does not hold a number of seconds`);
  return seconds;
}

/** By rename, so that no reader sees half a number. */
export function writeClockOffset(clockFile: string, seconds: number): void {
  const draft = `${clockFile}.${process.pid}`;
  writeFileSync(draft, String(seconds));
  renameSync(draft, clockFile);
}

/** The local stack's time, in seconds since 1970. */
export function virtualNow(clockFile: string): number {
  return Date.now() / 1000 + readClockOffset(clockFile);
}
