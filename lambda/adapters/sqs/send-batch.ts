/** One SendMessageBatch, and what became of each of its messages (rule 4). */
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import { sendFailure } from './send-failure';
import type { Log } from '../../core/shared/log';
import type { SendResult } from '../../core/delivery/delivery-queues';

/** AWS, "SendMessageBatch". */
export const BATCH_MESSAGES = 10;

/**
 * @param refusal what the log says when some are refused
 * @returns one result an entry, in order
 */
export async function sendBatch(
  client: SQSClient,
  url: string,
  entries: readonly Omit<SendMessageBatchRequestEntry, 'Id'>[],
  log: Log,
  refusal: string,
): Promise<SendResult[]> {
  try {
    const { Failed: refused = [] } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: entries.map((entry, index) => ({ Id: String(index), ...entry })),
      }),
    );
    const ids = new Set(refused.map(({ Id: id }) => id));
    if (ids.size > 0) log.warn(refusal, { count: ids.size, error: refused[0]?.Code ?? 'unknown' });
    return entries.map((_entry, index) => (ids.has(String(index)) ? 'refused' : 'sent'));
  } catch (error) {
    const result = sendFailure(error, entries.length, log);
    return entries.map(() => result);
  }
}
