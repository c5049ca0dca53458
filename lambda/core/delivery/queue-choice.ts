import type { DeliveryMessage } from './delivery-message';

/** `tier`: index of the retry tier. `wait`: the queue for waits that one SQS delay does not cover. */
export type QueueName =
  { readonly kind: 'delivery' } | { readonly kind: 'tier'; readonly tier: number } | { readonly kind: 'wait' };

export interface QueueChoice {
  readonly queue: QueueName;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

/** The longest DelaySeconds of SQS (AWS, "Amazon SQS delay queues"). */
const LONGEST_DELAY_MS = 900_000;
/**
 * A hop through the wait queue ends this long before the due time, at the latest, so that its batching window and
 * backlog make nothing late.
 */
const HOP_MARGIN_MS = 120_000;

/**
 * Where a message with a due time waits: in its tier when one delay covers what remains, else for one hop in the wait
 * queue. A first attempt that has its place in the line of a rate limit waits where first attempts do: the tiers'
 * bounded concurrency is not for those whose turn comes.
 *
 * @param tiers how many there are; a deferred first attempt waits in the first
 */
export function queueFor(
  message: Pick<DeliveryMessage, 'attempt' | 'dueAt' | 'inLine'>,
  now: number,
  tiers: number,
): QueueChoice {
  const remainingMs = Math.max(0, (message.dueAt ?? now) - now);
  if (remainingMs > LONGEST_DELAY_MS)
    return {
      queue: { kind: 'wait' },
      delaySeconds: Math.ceil(Math.min(LONGEST_DELAY_MS, remainingMs - HOP_MARGIN_MS) / 1000),
    };
  if (message.attempt === 1 && message.inLine === true)
    return { queue: { kind: 'delivery' }, delaySeconds: Math.ceil(remainingMs / 1000) };
  const tier = Math.min(Math.max(message.attempt - 2, 0), tiers - 1);
  return {
    queue: tiers === 0 ? { kind: 'delivery' } : { kind: 'tier', tier },
    delaySeconds: Math.ceil(remainingMs / 1000),
  };
}
