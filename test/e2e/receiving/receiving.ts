/** The deployed receiver of app.ts, as senders and its owner see it. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { clientConfig } from '../../../local/aws-client';
import { runCdk } from '../../../local/cdk';
import { testStack } from '../harness/test-stack';
import { RECEIVING_STACK, type SourceName } from './sources';

const DEPLOY_LIMIT_MS = 120_000;
const ARRIVES_WITHIN_SECONDS = 5;

export interface ReceivedMessage {
  readonly source: string;
  readonly scheme: string;
  readonly event_id: string;
  readonly event_type?: string;
  readonly event?: Record<string, unknown>;
  readonly body?: string;
}

export class Receiving {
  private readonly local = testStack('e2e');
  private readonly secrets = new SecretsManagerClient(clientConfig(this.local));
  private readonly sqs = new SQSClient(clientConfig(this.local));
  private readonly dynamodb = new DynamoDBClient(clientConfig(this.local));

  private constructor(private readonly outputs: Readonly<Record<string, string>>) {}

  static async deploy(): Promise<Receiving> {
    const { awsEndpointUrl, region, clockFile } = testStack('e2e');
    const folder = join(dirname(clockFile), RECEIVING_STACK);
    const outputsFile = join(folder, 'outputs.json');
    await runCdk(
      ['deploy', RECEIVING_STACK, '--require-approval', 'never', '--progress', 'events', '--outputs-file', outputsFile],
      { awsEndpointUrl, region, folder, appFolder: __dirname },
      DEPLOY_LIMIT_MS,
    );
    return new Receiving(
      (JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>)[RECEIVING_STACK]!,
    );
  }

  url(source: SourceName): string {
    return `${this.local.awsEndpointUrl}/_aws/execute-api/${this.outputs.ApiId!}/in/${source}`;
  }

  async setSecret(source: SourceName, text: string): Promise<void> {
    await this.secrets.send(new PutSecretValueCommand({ SecretId: `receiving-${source}`, SecretString: text }));
  }

  post(
    source: SourceName,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(this.url(source), {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  /** Messages on a source's queue, taken off it: waited for until there are so many, then all that there are. */
  async messages(source: SourceName, number: number): Promise<ReceivedMessage[]> {
    const found: ReceivedMessage[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.queue(source),
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: found.length < number ? ARRIVES_WITHIN_SECONDS : 0,
        }),
      );
      if (Messages.length === 0) return found;
      for (const { Body, ReceiptHandle } of Messages) {
        const message = JSON.parse(Body!) as ReceivedMessage & { readonly detail?: ReceivedMessage };
        found.push(message.detail ?? message);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.queue(source), ReceiptHandle }));
      }
    }
  }

  /** Until when an event is known, be it by a lease or a mark, in epoch seconds. */
  async knownUntil(source: SourceName, eventId: string): Promise<number | undefined> {
    const { Item } = await this.dynamodb.send(
      new GetItemCommand({
        TableName: this.outputs.Receptions,
        Key: { pk: { S: `/in/${source}#${eventId}` } },
        ConsistentRead: true,
      }),
    );
    return Item === undefined ? undefined : Number(Item.un!.N) / 1000;
  }

  async removeQueue(source: SourceName): Promise<void> {
    await this.sqs.send(new DeleteQueueCommand({ QueueUrl: this.queue(source) }));
  }

  async makeQueueAgain(source: SourceName): Promise<void> {
    await this.sqs.send(new CreateQueueCommand({ QueueName: this.queue(source).split('/').at(-1) }));
  }

  private queue(source: SourceName): string {
    return this.outputs[`Queue${source}`]!;
  }
}
