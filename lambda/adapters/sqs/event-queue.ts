/** The event queue, as the management API sends to it. */
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { TenantId } from '../../core/identifiers';
import type { EventPublisher, Log, SendResult } from '../../core/ports';
import { sendFailure } from './send-failure';

/** AWS, "SendMessageBatch": ten messages, of 1 MiB in all; the rest is room for ids and groups. */
const BATCH_MESSAGES = 10;
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

  private async sendBatch(tenantId: TenantId, batch: readonly string[]): Promise<SendResult[]> {
    // SQS fair queues: one tenant's burst does not delay the others. A tenant id fits the characters of a group.
    const Entries = batch.map((message, index) => ({ Id: String(index), MessageBody: sqsText(message), MessageGroupId: tenantId }));
    try {
      const { Failed: refused = [] } = await this.client.send(new SendMessageBatchCommand({ QueueUrl: this.url, Entries }));
      const ids = new Set(refused.map(({ Id: id }) => id));
      if (ids.size > 0) this.log.warn('events refused', { count: ids.size, error: refused[0]?.Code ?? 'unknown' });
      return batch.map((_message, index) => (ids.has(String(index)) ? 'refused' : 'sent'));
    } catch (error) {
      const result = sendFailure(error, batch.length, this.log);
      return batch.map(() => result);
    }
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

/** JSON that SQS takes: of the characters that it does not (AWS, "SendMessage"), JSON.stringify escapes all but these two. */
function sqsText(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) => (character === '\uFFFE' ? '\\ufffe' : '\\uffff'));
}
