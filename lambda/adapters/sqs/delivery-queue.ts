/** The queues between our own functions. */
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { formatDeliveryMessage } from '../../core/delivery';
import type { DeliveryQueue, Log, OutgoingDelivery, SendResult } from '../../core/ports';

/** AWS, "SendMessageBatch". Ten messages of at most 16 KiB stay far below its 1 MiB. */
const BATCH = 10;

export class SqsDeliveryQueue implements DeliveryQueue {
  /** @param client with SDK retries off (`maxAttempts: 1`): a send that was not answered must be known as such (rule 4) */
  constructor(
    private readonly client: SQSClient,
    private readonly queueUrl: string,
    private readonly log: Log,
  ) {}

  async send(deliveries: readonly OutgoingDelivery[]): Promise<readonly SendResult[]> {
    const batches: (readonly OutgoingDelivery[])[] = [];
    for (let start = 0; start < deliveries.length; start += BATCH) batches.push(deliveries.slice(start, start + BATCH));
    return (await Promise.all(batches.map((batch) => this.sendBatch(batch)))).flat();
  }

  private async sendBatch(batch: readonly OutgoingDelivery[]): Promise<SendResult[]> {
    try {
      const { Failed: refused = [] } = await this.client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.queueUrl,
          Entries: batch.map(({ message, delaySeconds }, index) => ({
            Id: String(index),
            MessageBody: formatDeliveryMessage(message),
            // SQS fair queues: one subscription's backlog does not hold up the others.
            MessageGroupId: message.subscriptionId,
            ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
          })),
        }),
      );
      const ids = new Set(refused.map(({ Id: id }) => id));
      if (ids.size > 0) this.log.warn('sends refused', { count: ids.size, error: refused[0]?.Code ?? 'unknown' });
      return batch.map((_delivery, index) => (ids.has(String(index)) ? 'refused' : 'sent'));
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      this.log.warn('send failed', { count: batch.length, error: cause.name, reason: cause.message });
      // SQS answered with an error: nothing of the batch is in the queue. Without an answer, it may be.
      const answered = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined;
      return batch.map(() => (answered ? 'refused' : 'unanswered'));
    }
  }
}
