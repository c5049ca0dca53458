import type { QueueName } from './queue-choice';
import type { DeliveryMessage } from './delivery-message';

export interface OutgoingDelivery {
  readonly message: DeliveryMessage;
  readonly queue: QueueName;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

/** `refused`: known not to be in the queue. `unanswered`: may be there. */
export type SendResult = 'sent' | 'refused' | 'unanswered';

export interface DeliveryQueues {
  /**
   * One result a delivery, in order; never throws for what a queue did, and never repeats a send by itself (rule 4).
   */
  send(deliveries: readonly OutgoingDelivery[]): Promise<readonly SendResult[]>;
}
