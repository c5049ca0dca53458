/** Works off the queue that the receiver puts events on: wiring, and what becomes of a message. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ApiKey } from './api-key';
import { environment } from './environment';
import { JobConsumer, type Outcome } from './job-consumer';
import { jobEventOf, UnreadableMessage } from './job-event';
import { JobStore } from './job-store';
import { OcrApi } from './ocr-api';
import { retryDelay } from './retry-delay';

const sqs = new SQSClient();
const queueUrl = environment('JOB_EVENTS_QUEUE_URL');
const deadLetterQueueUrl = environment('JOB_DEAD_LETTER_QUEUE_URL');
const apiKey = new ApiKey(new SecretsManagerClient(), environment('LEAPOCR_API_KEY_SECRET'));
const consumer = new JobConsumer({
  ocrApi: new OcrApi({ url: environment('LEAPOCR_URL'), apiKey: (fresh) => apiKey.get(fresh) }),
  jobs: new JobStore(
    { dynamodb: new DynamoDBClient(), s3: new S3Client() },
    { table: environment('JOBS_TABLE'), bucket: environment('RESULTS_BUCKET') },
  ),
  now: () => Date.now(),
});

type Handled = (Outcome | { readonly kind: 'ignored' } | { readonly kind: 'unreadable'; readonly reason: string }) & {
  readonly eventId?: string;
  readonly jobId?: string;
};

/**
 * A message that is not done comes again, later each time, and after ten times goes to the dead-letter queue, from
 * where it can be redriven.
 */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures = [];
  for (const record of Records) {
    const handled = await handle(record);
    console.log(JSON.stringify({ message: 'event', message_id: record.messageId, ...handled }));
    if (handled.kind !== 'again') continue;
    await postpone(record, handled.retryAfterSeconds);
    batchItemFailures.push({ itemIdentifier: record.messageId });
  }
  return { batchItemFailures };
}

async function handle({ body }: SQSRecord): Promise<Handled> {
  try {
    const event = jobEventOf(body);
    if (event === undefined) return { kind: 'ignored' };
    return { eventId: event.eventId, jobId: event.jobId, ...(await consumer.process(event)) };
  } catch (error) {
    if (error instanceof UnreadableMessage) return setAside(body, error.message);
    return { kind: 'again', reason: String(error) };
  }
}

/** To the dead-letter queue at once, and why: it would be the same in an hour. */
async function setAside(body: string, reason: string): Promise<Handled> {
  try {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: body,
        MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
      }),
    );
    return { kind: 'unreadable', reason };
  } catch (error) {
    return { kind: 'again', reason: String(error) };
  }
}

/** Where this is refused, the message waits out the queue's own timeout. */
async function postpone(
  { receiptHandle, attributes }: SQSRecord,
  retryAfterSeconds: number | undefined,
): Promise<void> {
  const VisibilityTimeout = retryDelay(Number(attributes.ApproximateReceiveCount), retryAfterSeconds);
  try {
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }),
    );
  } catch (error) {
    console.error(JSON.stringify({ message: 'could not be postponed', error: String(error) }));
  }
}
