/** Works off the recognition queue: wiring, and nothing else. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { DocumentStore } from './document-store';
import { environment } from './environment';
import { parseRecognitionMessage } from './recognition-message';
import { Recognizer } from './recognizer';

const sqs = new SQSClient();
const eventQueueUrl = environment('WEBHOOK_EVENTS_QUEUE_URL');
const recognizer = new Recognizer({
  documents: new DocumentStore(
    { dynamodb: new DynamoDBClient(), s3: new S3Client() },
    { table: environment('DOCUMENTS_TABLE'), bucket: environment('FILES_BUCKET') },
  ),
  publish: async (event) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: eventQueueUrl, MessageBody: JSON.stringify(event) }));
  },
  now: () => new Date(),
});

/**
 * A message that fails comes again, and after five times goes to the dead-letter queue, from where it can be redriven.
 */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures = [];
  for (const { messageId, body } of Records) {
    try {
      const { account_id, document_id } = parseRecognitionMessage(body);
      const settled = await recognizer.process(account_id, document_id);
      console.log(JSON.stringify({ message: 'document', account_id, document_id, status: settled?.status ?? 'gone' }));
    } catch (error) {
      console.error(JSON.stringify({ message: 'recognition failed', message_id: messageId, error: String(error) }));
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
