/** The queues between our own functions: deliveries that are due, the retry tiers, and the queue for long waits. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { isUrlTarget, targetName } from '../../core/shared/identifiers';
import { BATCH_MESSAGES, sendBatch } from './send-batch';
import type { DeliveryQueues, OutgoingDelivery, SendResult } from '../../core/delivery/delivery-queues';
import type { Log } from '../../core/shared/log';
import { type DeliveryMessage, formatDeliveryMessage } from '../../core/delivery/delivery-message';

export interface QueueUrls {
  readonly delivery?: string;
  readonly wait?: string;
  readonly tiers: readonly string[];
}

export class SqsDeliveryQueues implements DeliveryQueues {
  /**
   * @param client with SDK retries off (`maxAttempts: 1`): a send that was not answered must be known as such (rule 4)
   */
  constructor(
    private readonly client: SQSClient,
    private readonly urls: QueueUrls,
    private readonly log: Log,
  ) {}

  async send(deliveries: readonly OutgoingDelivery[]): Promise<readonly SendResult[]> {
    const results = new Map<OutgoingDelivery, SendResult>();
    const byQueue = Map.groupBy(deliveries, (delivery) => this.urlOf(delivery));
    const batches = [...byQueue].flatMap(([url, all]) =>
      Array.from({ length: Math.ceil(all.length / BATCH_MESSAGES) }, (_unused, index) => ({
        url,
        batch: all.slice(index * BATCH_MESSAGES, (index + 1) * BATCH_MESSAGES),
      })),
    );
    await Promise.all(
      batches.map(async ({ url, batch }) => {
        const sent = await this.sendBatch(url, batch);
        batch.forEach((delivery, index) => results.set(delivery, sent[index]!));
      }),
    );
    return deliveries.map((delivery) => results.get(delivery)!);
  }

  private sendBatch(url: string, batch: readonly OutgoingDelivery[]): Promise<SendResult[]> {
    const entries = batch.map(({ message, delaySeconds }) => ({
      MessageBody: formatDeliveryMessage(message),
      MessageGroupId: groupOf(message),
      ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
    }));
    return sendBatch(this.client, url, entries, this.log, 'SQS rejected messages');
  }

  private urlOf({ queue }: OutgoingDelivery): string {
    const url = queue.kind === 'tier' ? this.urls.tiers[queue.tier] : this.urls[queue.kind];
    if (url === undefined)
      throw new Error(`this function has no queue ${queue.kind === 'tier' ? `tier ${queue.tier}` : queue.kind}`);
    return url;
  }
}

/** SQS fair queues: a backlog of one subscription, or of one origin of a tenant, does not hold up the others. */
function groupOf({ tenantId, subscriptionId }: DeliveryMessage): string {
  return isUrlTarget(subscriptionId)
    ? createHash('sha256').update(targetName({ tenantId, subscriptionId })).digest('hex')
    : subscriptionId;
}
