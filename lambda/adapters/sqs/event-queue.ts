/** The event queue, as the management API sends to it. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { TenantId } from '../../core/shared/identifiers';
import { BATCH_MESSAGES, sendBatch } from './send-batch';
import type { EventPublisher } from '../../core/events/event-publisher';
import type { Log } from '../../core/shared/log';
import type { SendResult } from '../../core/delivery/delivery-queues';
import { sqsText } from '../../core/shared/sqs-text';

/** AWS, "SendMessageBatch": 1 MiB in all; the rest is room for ids and groups. */
const BATCH_MAX_BYTES = 1_000_000;

export class SqsEventQueue implements EventPublisher {
  /** @param client may repeat a send: a copy of an event is known by its event_id */
  constructor(
    private readonly client: SQSClient,
    private readonly url: string,
    private readonly log: Log,
  ) {}

  async publish(tenantId: TenantId, messages: readonly string[]): Promise<readonly SendResult[]> {
    const sent = await Promise.all(batchesOf(messages).map((batch) => this.sendBatch(tenantId, batch)));
    return sent.flat();
  }

  private sendBatch(tenantId: TenantId, batch: readonly string[]): Promise<SendResult[]> {
    // SQS fair queues: one tenant's burst does not delay the others. A tenant id fits the characters of a group.
    return sendBatch(
      this.client,
      this.url,
      batch.map((message) => ({ MessageBody: sqsText(message), MessageGroupId: tenantId })),
      this.log,
      'events refused',
    );
  }
}

/** In order, each within SQS's bounds. */
function batchesOf(messages: readonly string[]): string[][] {
  const batches: string[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message);
    const last = batches.at(-1);
    if (last === undefined || last.length === BATCH_MESSAGES || bytes + size > BATCH_MAX_BYTES) {
      batches.push([message]);
      bytes = size;
    } else {
      last.push(message);
      bytes += size;
    }
  }
  return batches;
}
