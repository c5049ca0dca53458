/** What time it is by the server that ends sessions: a computer's own clock may be hours off, either way. */

/** Not known before the first answer. */
let byDate: number | undefined;
/** At least so much, by the token. */
let byToken = 0;

/** @param date an answer's `Date` header, to the second */
export function noteServerDate(date: string | null): void {
  const server = Date.parse(date ?? '');
  if (!Number.isNaN(server)) byDate = server - Date.now();
}

/**
 * At the server it is not earlier than when it issued a token.
 *
 * @param issuedAt epoch milliseconds
 */
export function noteIssued(issuedAt: number): void {
  byToken = Math.max(0, issuedAt - Date.now());
}

/** Epoch milliseconds; a guess before the first answer. */
export function serverNow(): number {
  return Date.now() + (byDate ?? byToken);
}

/**
 * Whether it surely is: before the first answer nothing is sure, as this computer's clock may be fast.
 *
 * @param at epoch milliseconds
 */
export function isPast(at: number): boolean {
  return byDate !== undefined && at <= serverNow();
}
