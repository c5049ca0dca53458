import type { QueuedMessage } from './queued-messages';

/**
 * SQS's longest delay: whatever a function sends when it runs at the end of a step cannot have become due within it.
 */
export const LONGEST_STEP_SECONDS = 900;

export type Move =
  /** A function has these to do, or is doing it: let it. */
  | { readonly kind: 'wait'; readonly waits: readonly string[] }
  | { readonly kind: 'step'; readonly seconds: number }
  | { readonly kind: 'done' };

export interface Situation {
  /** The messages in queues that a function consumes; those of other queues wait for nobody. */
  readonly messages: readonly QueuedMessage[];
  /** Seconds since 1970 of virtual time. */
  readonly now: number;
  /** Seconds that are still to pass. */
  readonly remaining: number;
  /**
   * Whether this wait has lasted long enough: the function crashed, returned the message, or hangs. Then only time
   * brings it back.
   */
  readonly isGivenUp: (wait: string) => boolean;
}

/** Names the wait for a message: to be received, or to be done with. A message received again is waited for again. */
export function waitFor(message: QueuedMessage, now: number): string {
  return `${message.id} ${message.visibleAt <= now ? 'visible' : 'in flight'} ${message.receiveCount}`;
}

/**
 * The next thing to do on the way to a later time such that no due message is jumped over: functions finish what they
 * have, then time passes exactly to when the next message becomes visible.
 */
export function planMove({ messages, now, remaining, isGivenUp }: Situation): Move {
  const waits = messages
    .filter(({ visibleAt, receiveCount }) => visibleAt <= now || receiveCount > 0)
    .map((message) => waitFor(message, now))
    .filter((wait) => !isGivenUp(wait));
  if (waits.length > 0) return { kind: 'wait', waits };
  if (remaining <= 0) return { kind: 'done' };
  const untilDue = messages.filter(({ visibleAt }) => visibleAt > now).map(({ visibleAt }) => visibleAt - now);
  return { kind: 'step', seconds: Math.min(remaining, LONGEST_STEP_SECONDS, ...untilDue) };
}
