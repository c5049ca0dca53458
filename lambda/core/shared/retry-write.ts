/**
 * Rule 5: a write that was refused after an endpoint answered is tried again here, while time remains, for the answer
 * is known to nobody else.
 */
import { PortUnavailable } from './errors';
import type { Clock } from './clock';

/** What is left for the rest of the invocation when a write is given up. */
export const RETRY_WRITE_MARGIN_MS = 3_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export type RemainingMs = () => number;

/** @throws PortUnavailable of the last try, when the next could not end in time */
export async function retryWrite<T>(write: () => Promise<T>, clock: Clock, remainingMs: RemainingMs): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof PortUnavailable) || remainingMs() - pause < RETRY_WRITE_MARGIN_MS) throw error;
      await clock.sleep(pause);
    }
  }
}
