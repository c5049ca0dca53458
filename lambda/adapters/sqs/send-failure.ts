import type { Log } from '../../core/shared/log';
import type { SendResult } from '../../core/delivery/delivery-queues';

/**
 * SQS said that the request is wrong: nothing of it is in the queue. Without an answer, or after a failure of its own,
 * it may be.
 */
export function sendFailure(error: unknown, count: number, log: Log): Exclude<SendResult, 'sent'> {
  const cause = error instanceof Error ? error : new Error(String(error));
  log.warn('send failed', { count, error: cause.name, reason: cause.message });
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 ? 'refused' : 'unanswered';
}
