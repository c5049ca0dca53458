/** What is known of jobs, in DynamoDB, and their pages, in S3. */
import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { JobEvent } from './job-event';
import type { PageResult } from './ocr-api';

/** How a job ended, as far as we got. */
export type JobEnd =
  | { readonly status: 'completed'; readonly pages: number; readonly creditsUsed?: number }
  | { readonly status: 'failed'; readonly reason: string }
  /** It completed, and its result cannot be had. */
  | { readonly status: 'unavailable'; readonly reason: string };

/** `repeated`: the event had been worked off; `superseded`: a later event of the job had. */
export type Recorded = 'recorded' | 'repeated' | 'superseded';

/** Longer than any sender goes on sending an event again. */
const EVENTS_KEPT_SECONDS = 90 * 86_400;

const eventKey = (eventId: string) => ({ pk: { S: `event#${eventId}` } });
const jobKey = (jobId: string) => ({ pk: { S: `job#${jobId}` } });

export class JobStore {
  constructor(
    private readonly aws: { readonly dynamodb: DynamoDBClient; readonly s3: S3Client },
    private readonly names: { readonly table: string; readonly bucket: string },
  ) {}

  /** Whether an event was worked off. */
  async isDone(eventId: string): Promise<boolean> {
    const { Item } = await this.aws.dynamodb.send(
      new GetItemCommand({ TableName: this.names.table, Key: eventKey(eventId), ConsistentRead: true }),
    );
    return Item !== undefined;
  }

  /** Keeps a page of a job's result; done again it writes the same. */
  async putPage(jobId: string, page: PageResult): Promise<void> {
    const Key = `${jobId}/page-${String(page.page_number).padStart(5, '0')}.json`;
    await this.aws.s3.send(
      new PutObjectCommand({
        Bucket: this.names.bucket,
        Key,
        Body: JSON.stringify(page),
        ContentType: 'application/json',
      }),
    );
  }

  /**
   * Puts the end of a job on record and marks the event as worked off, both or neither.
   *
   * @param now epoch milliseconds
   */
  async record(event: JobEvent, end: JobEnd, now: number): Promise<Recorded> {
    const occurredAt = { N: String(event.occurredAt) };
    const job = {
      ...jobKey(event.jobId),
      status: { S: end.status },
      event_id: { S: event.eventId },
      occurred_at: occurredAt,
      recorded_at: { N: String(now) },
      ...(end.status === 'completed'
        ? {
            pages: { N: String(end.pages) },
            ...(end.creditsUsed !== undefined && { credits_used: { N: String(end.creditsUsed) } }),
          }
        : { reason: { S: end.reason } }),
    };
    const TableName = this.names.table;
    try {
      await this.aws.dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Put: {
                TableName,
                Item: {
                  ...eventKey(event.eventId),
                  expires_at: { N: String(Math.floor(now / 1000) + EVENTS_KEPT_SECONDS) },
                },
                ConditionExpression: 'attribute_not_exists(pk)',
              },
            },
            // Webhooks come in no order: an older event never goes over a newer one's.
            {
              Put: {
                TableName,
                Item: job,
                ConditionExpression: 'attribute_not_exists(pk) OR occurred_at < :occurred_at',
                ExpressionAttributeValues: { ':occurred_at': occurredAt },
              },
            },
          ],
        }),
      );
      return 'recorded';
    } catch (error) {
      const [onEvent, onJob] =
        error instanceof TransactionCanceledException
          ? (error.CancellationReasons ?? []).map(({ Code }) => Code === 'ConditionalCheckFailed')
          : [];
      if (onEvent) return 'repeated';
      if (onJob) return 'superseded';
      throw error;
    }
  }
}
