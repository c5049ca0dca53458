/** The document API's function: wiring, and nothing else. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ApiKeys } from './api-keys';
import { DocumentApi } from './document-api';
import { DocumentStore } from './document-store';
import { environment } from './environment';
import { OperatorKey } from './operator-key';
import { recognitionMessage } from './recognition-message';
import { WebhookUrlCheck } from './webhook-url-check';

const dynamodb = new DynamoDBClient();
const sqs = new SQSClient();
const recognitionQueueUrl = environment('RECOGNITION_QUEUE_URL');
const operatorKey = new OperatorKey(new SecretsManagerClient(), environment('WEBHOOK_OPERATOR_KEY_SECRET'));
const errorDocsUrl = process.env.ERROR_DOCS_URL;

const api = new DocumentApi(
  {
    apiKeys: new ApiKeys(dynamodb, environment('API_KEYS_TABLE')),
    webhookUrls: new WebhookUrlCheck({
      apiUrl: environment('WEBHOOK_API_URL'),
      operatorKey: (fresh) => operatorKey.get(fresh),
    }),
    documents: new DocumentStore(
      { dynamodb, s3: new S3Client() },
      { table: environment('DOCUMENTS_TABLE'), bucket: environment('FILES_BUCKET') },
    ),
    enqueue: async ({ accountId, id }) => {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: recognitionQueueUrl, MessageBody: recognitionMessage(accountId, id) }),
      );
    },
    now: () => new Date(),
    log: (line) => {
      console.log(JSON.stringify(line));
    },
  },
  { retentionSeconds: Number(environment('RETENTION_SECONDS')), ...(errorDocsUrl !== undefined && { errorDocsUrl }) },
);

export const handler = (event: APIGatewayProxyEventV2) => api.handle(event);
