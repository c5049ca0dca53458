/** A deployed stack, as its producers and operators see it. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { type Message, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { accountSecret } from '../../local/account-secret';
import { clientConfig } from '../../local/aws-client';
import { moveClock } from '../../local/clock';
import { peekQueues } from '../../local/queued-messages';
import { type DeployedStack, stackNamed } from '../../local/stack-file';
import { subscribe } from '../../local/subscribe';
import { virtualNow } from '../../local/virtual-clock';
import { testStack } from './harness/test-stack';

const BATCH = 10;
const POLL_MS = 50;

export class Platform {
  readonly local = testStack('e2e');
  readonly stack: DeployedStack;
  private readonly sqs = new SQSClient(clientConfig(this.local));
  private readonly dynamodb = new DynamoDBClient(clientConfig(this.local));

  constructor(private readonly name: 'leapocr' | 'rekognita' = 'leapocr') {
    this.stack = stackNamed(this.local, name);
  }

  /** A tenant that no other test has. */
  newTenant(): string {
    const id = randomBytes(5).toString('hex');
    return this.name === 'leapocr' ? `org_${id}/team_1` : `acct_${id}`;
  }

  subscribe(tenant: string, url: string, events: readonly string[]): Promise<{ id: string; secret: string }> {
    return subscribe({ local: this.local, stack: this.stack, tenant, url, events });
  }

  accountSecret(tenant: string): Promise<string> {
    return accountSecret(this.local, this.stack, tenant);
  }

  /** Puts messages on the event queue, in batches of ten. */
  async publish(bodies: readonly string[]): Promise<void> {
    for (let start = 0; start < bodies.length; start += BATCH) {
      const Entries = bodies.slice(start, start + BATCH).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const { Failed } = await this.sqs.send(new SendMessageBatchCommand({ QueueUrl: this.stack.eventQueueUrl, Entries }));
      if (Failed !== undefined && Failed.length > 0) throw new Error(`${Failed.length} sends failed: ${Failed[0]!.Message}`);
    }
  }

  /** Waits until no message of the tenant's is due or being worked on; what is delayed may be there. */
  async settled(tenant: string, withinMs = 20_000): Promise<void> {
    for (const end = Date.now() + withinMs; ; await sleep(POLL_MS)) {
      const now = virtualNow(this.local.clockFile);
      const due = (await this.queued(tenant)).filter(({ visibleAt, receiveCount }) => receiveCount > 0 || visibleAt <= now);
      if (due.length === 0) return;
      if (Date.now() > end) throw new Error(`${due.length} messages were not worked off within ${withinMs} ms`);
    }
  }

  /** Messages of the tenant's in any queue, delayed ones too, but for the dead-letter queues. */
  async queued(tenant: string) {
    const messages = await peekQueues(this.local.awsEndpointUrl);
    return messages.filter(({ queueName, body }) => !queueName.includes('DeadLetters') && body.includes(tenant));
  }

  /** Handlers here are quick: what has not settled after two seconds has been returned, and waits for its visibility. */
  async moveClock(seconds: number): Promise<void> {
    await moveClock(this.local, seconds, { settleMs: 2_000 });
  }

  /** The stack's time, in epoch seconds. */
  now(): number {
    return virtualNow(this.local.clockFile);
  }

  /** Waits until the log has as many records of the tenant's that have ended. */
  async recorded(tenant: string, count: number, withinMs = 20_000): Promise<void> {
    for (const end = Date.now() + withinMs; ; await sleep(POLL_MS)) {
      const ended = (await this.deliveries(tenant)).filter(({ status }) => status !== 'pending').length;
      if (ended >= count) return;
      if (Date.now() > end) throw new Error(`${ended} of ${count} deliveries ended within ${withinMs} ms`);
    }
  }

  /** The log's records of one tenant. */
  async deliveries(tenant: string): Promise<{ status: string; attempts: number; eventId: string }[]> {
    const records = [];
    for await (const page of paginateScan({ client: this.dynamodb }, { TableName: this.stack.deliveriesTable, ConsistentRead: true })) {
      for (const item of page.Items ?? []) if (item.pk!.S!.startsWith(`${tenant}#`)) records.push({ status: item.st!.S!, attempts: Number(item.n!.N), eventId: item.ev!.S! });
    }
    return records;
  }

  /** The message on the event dead-letter queue that says so; others stay there. */
  async rejected(matches: (message: Message) => boolean, withinMs = 20_000): Promise<Message> {
    for (const end = Date.now() + withinMs; Date.now() < end; await sleep(POLL_MS)) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.stack.eventDeadLetterQueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], VisibilityTimeout: 0 }),
      );
      const found = Messages.find(matches);
      if (found !== undefined) return found;
    }
    throw new Error(`no such message was in the event dead-letter queue within ${withinMs} ms`);
  }
}
