/** The queues between our own functions: deliveries that are due, the retry tiers, and the queue for long waits. */
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { type DeliveryMessage, formatDeliveryMessage } from '../../core/delivery';
import { isUrlTarget } from '../../core/identifiers';
import type { DeliveryQueues, Log, OutgoingDelivery, SendResult } from '../../core/ports';
import { sendFailure } from './send-failure';

/** AWS, "SendMessageBatch". Ten messages of at most 16 KiB stay far below its 1 MiB. */
const BATCH = 10;

export interface QueueUrls {
  readonly delivery?: string;
  readonly wait?: string;
  readonly tiers: readonly string[];
}

export class SqsDeliveryQueues implements DeliveryQueues {
  /** @param client with SDK retries off (`maxAttempts: 1`): a send that was not answered must be known as such (rule 4) */
  constructor(
    private readonly client: SQSClient,
    private readonly urls: QueueUrls,
    private readonly log: Log,
  ) {}

  async send(deliveries: readonly OutgoingDelivery[]): Promise<readonly SendResult[]> {
    const results = new Map<OutgoingDelivery, SendResult>();
    const byQueue = Map.groupBy(deliveries, (delivery) => this.urlOf(delivery));
    const batches = [...byQueue].flatMap(([url, all]) => Array.from({ length: Math.ceil(all.length / BATCH) }, (_unused, index) => ({ url, batch: all.slice(index * BATCH, (index + 1) * BATCH) })));
    await Promise.all(
      batches.map(async ({ url, batch }) => {
        const sent = await this.sendBatch(url, batch);
        batch.forEach((delivery, index) => results.set(delivery, sent[index]!));
      }),
    );
    return deliveries.map((delivery) => results.get(delivery)!);
  }

  private async sendBatch(url: string, batch: readonly OutgoingDelivery[]): Promise<SendResult[]> {
    try {
      const { Failed: refused = [] } = await this.client.send(
        new SendMessageBatchCommand({
          QueueUrl: url,
          Entries: batch.map(({ message, delaySeconds }, index) => ({
            Id: String(index),
            MessageBody: formatDeliveryMessage(message),
            MessageGroupId: groupOf(message),
            ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
          })),
        }),
      );
      const ids = new Set(refused.map(({ Id: id }) => id));
      if (ids.size > 0) this.log.warn('sends refused', { count: ids.size, error: refused[0]?.Code ?? 'unknown' });
      return batch.map((_delivery, index) => (ids.has(String(index)) ? 'refused' : 'sent'));
    } catch (error) {
      const result = sendFailure(error, batch.length, this.log);
      return batch.map(() => result);
    }
  }

  private urlOf({ queue }: OutgoingDelivery): string {
    const url = queue.kind === 'tier' ? this.urls.tiers[queue.tier] : this.urls[queue.kind];
    if (url === undefined) throw new Error(`this function has no queue ${queue.kind === 'tier' ? `tier ${queue.tier}` : queue.kind}`);
    return url;
  }
}

/** SQS fair queues: a backlog of one subscription, or of one origin of a tenant, does not hold up the others. */
function groupOf({ tenantId, subscriptionId }: DeliveryMessage): string {
  return isUrlTarget(subscriptionId) ? createHash('sha256').update(`${tenantId}#${subscriptionId}`).digest('hex') : subscriptionId;
}
