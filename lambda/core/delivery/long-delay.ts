import { queueFor } from './queue-choice';
import type { Clock } from '../shared/clock';
import type { DeliveryQueues } from './delivery-queues';
import { type Log, logReturned } from '../shared/log';
import { parseDeliveryMessage } from './delivery-message';

export interface WaitPorts {
  readonly clock: Clock;
  readonly queues: DeliveryQueues;
  readonly log: Log;
}

/**
 * @returns ids of the messages that go back to the wait queue: their hop was refused, or they are of a format that this
 *   version does not read
 */
export async function forwardDelayed(
  batch: readonly { readonly messageId: string; readonly body: string }[],
  tiers: number,
  { clock, queues, log }: WaitPorts,
): Promise<readonly string[]> {
  const returned: string[] = [];
  const hops = batch.flatMap(({ messageId, body }) => {
    try {
      const message = parseDeliveryMessage(body);
      return [{ messageId, message, ...queueFor(message, clock.now(), tiers) }];
    } catch (error) {
      logReturned(log, 'delayed delivery', error, { message_id: messageId });
      returned.push(messageId);
      return [];
    }
  });
  const results = await queues.send(hops);
  hops.forEach(({ messageId }, index) => results[index] !== 'sent' && returned.push(messageId));
  return returned;
}
