/** What time it is by the server that ends sessions: a computer's own clock may be hours off. */

let byDate = 0;
let byToken = -Infinity;

/** @param date an answer's `Date` header, to the second */
export function noteServerDate(date: string | null): void {
  const server = Date.parse(date ?? '');
  if (!Number.isNaN(server)) byDate = server - Date.now();
}

/** At the server it is not earlier than when it issued a token. @param issuedAt epoch milliseconds */
export function noteIssued(issuedAt: number): void {
  byToken = issuedAt - Date.now();
}

/** Epoch milliseconds. */
export function serverNow(): number {
  return Date.now() + Math.max(byDate, byToken);
}
