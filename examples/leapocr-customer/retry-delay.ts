/** How long a message waits that could not be worked off: 15 s, 30 s, 1 min and so on, at most 15 min. */
const FIRST_SECONDS = 15;
const MAX_SECONDS = 900;

/**
 * @param receives how often the message has been received, this time included
 * @param asked what the API asked for
 * @returns seconds
 */
export function retryDelay(receives: number, asked = 0): number {
  return Math.min(MAX_SECONDS, Math.max(asked, FIRST_SECONDS * 2 ** (receives - 1)));
}
