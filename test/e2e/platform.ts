/** A deployed stack, as its producers and operators see it. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import {
  GetQueueUrlCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { storedRecord } from '../../lambda/adapters/dynamodb/delivery-log';
import { subscriptionItemKey } from '../../lambda/adapters/dynamodb/keys';
import type { DeliveryId, SubscriptionId, TenantId } from '../../lambda/core/shared/identifiers';
import { accountSecret } from '../../local/account-secret';
import { clientConfig } from '../../local/aws-client';
import { moveClock } from '../../local/clock';
import { peekQueues, type QueuedMessage } from '../../local/queued-messages';
import { type DeployedStack, stackNamed } from '../../local/stack-file';
import { stackName } from '../../local/stack';
import { subscribe } from '../../local/subscribe';
import { virtualNow } from '../../local/virtual-clock';
import { testStack } from './harness/test-stack';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

const BATCH = 10;
const POLL_MS = 50;

export class Platform {
  readonly local = testStack('e2e', 'browser');
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
      const Entries = bodies
        .slice(start, start + BATCH)
        .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const { Failed } = await this.sqs.send(
        new SendMessageBatchCommand({ QueueUrl: this.stack.eventQueueUrl, Entries }),
      );
      if (Failed !== undefined && Failed.length > 0)
        throw new Error(`${Failed.length} sends failed: ${Failed[0]!.Message}`);
    }
  }

  /** Waits until no message of the tenant's is due or being worked on; what is delayed may be there. */
  async settled(tenant: string, withinMs = 20_000): Promise<void> {
    for (const end = Date.now() + withinMs; ; await sleep(POLL_MS)) {
      const now = virtualNow(this.local.clockFile);
      const due = (await this.queued(tenant)).filter(
        ({ visibleAt, receiveCount }) => receiveCount > 0 || visibleAt <= now,
      );
      if (due.length === 0) return;
      if (Date.now() > end) throw new Error(`${due.length} messages were not worked off within ${withinMs} ms`);
    }
  }

  /** Messages of the tenant's in any queue, delayed ones too, but for the dead-letter queues. */
  async queued(tenant: string): Promise<QueuedMessage[]> {
    return (await this.allQueued()).filter(({ body }) => body.includes(tenant));
  }

  /** Messages of whomever in any queue of the stack, but for the dead-letter queues. */
  async allQueued(): Promise<QueuedMessage[]> {
    return (await this.messages()).filter(({ queueName }) => !queueName.includes('DeadLetters'));
  }

  /** Messages of the tenant's in the stack's dead-letter queues. */
  async deadLetters(tenant: string): Promise<QueuedMessage[]> {
    return (await this.messages()).filter(
      ({ queueName, body }) => queueName.includes('DeadLetters') && body.includes(tenant),
    );
  }

  private async messages(): Promise<QueuedMessage[]> {
    return (await peekQueues(this.local.awsEndpointUrl)).filter(({ queueName }) =>
      queueName.startsWith(`${stackName(this.name)}-`),
    );
  }

  /** Empties the queues of retries, when nothing in them is being worked on: what is pending stays so. */
  async forgetRetries(withinMs = 30_000): Promise<void> {
    for (const end = Date.now() + withinMs; ; await sleep(POLL_MS)) {
      const retries = (await this.allQueued()).filter(({ queueName }) => queueName.includes('RetryTier'));
      if (retries.length === 0) return;
      if (Date.now() > end) throw new Error(`${retries.length} retries were still under way after ${withinMs} ms`);
      if (retries.some(({ receiveCount }) => receiveCount > 0)) continue;
      for (const QueueName of new Set(retries.map(({ queueName }) => queueName))) {
        const { QueueUrl } = await this.sqs.send(new GetQueueUrlCommand({ QueueName }));
        await this.sqs.send(new PurgeQueueCommand({ QueueUrl }));
      }
    }
  }

  /**
   * Handlers here are quick: what has not settled after two seconds has been returned, and waits for its visibility.
   */
  async moveClock(seconds: number): Promise<void> {
    await moveClock(this.local, seconds, { settleMs: 2_000 });
  }

  /** The stack's time, in epoch seconds. */
  now(): number {
    return virtualNow(this.local.clockFile);
  }

  /** Waits until the log has as many records of the tenant's that have ended. */
  async recorded(tenant: string, count: number): Promise<void> {
    await this.logged(tenant, count, 'ended', ({ status }) => status !== 'pending');
  }

  /** Waits until the log has as many records of the tenant's that were attempted. */
  async attempted(tenant: string, count: number): Promise<void> {
    await this.logged(tenant, count, 'were attempted', ({ attempts }) => attempts > 0);
  }

  private async logged(
    tenant: string,
    count: number,
    what: string,
    counts: (record: DeliveryRecord) => boolean,
    withinMs = 20_000,
  ): Promise<void> {
    for (const end = Date.now() + withinMs; ; await sleep(POLL_MS)) {
      const logged = (await this.deliveries(tenant)).filter(counts).length;
      if (logged >= count) return;
      if (Date.now() > end) throw new Error(`${logged} of ${count} deliveries ${what} within ${withinMs} ms`);
    }
  }

  /** Whether the circuit of a subscription's endpoint is open. */
  async isCircuitOpen(tenant: string, id: string): Promise<boolean> {
    const { Item } = await this.dynamodb.send(
      new GetItemCommand({
        TableName: this.stack.subscriptionsTable,
        Key: subscriptionItemKey(tenant as TenantId, id as SubscriptionId),
        ConsistentRead: true,
      }),
    );
    return Item?.circuit_opened !== undefined;
  }

  /** The log's records of one tenant. */
  async deliveries(tenant: string): Promise<DeliveryRecord[]> {
    return (await this.log()).filter(({ tenantId }) => tenantId === tenant);
  }

  /** The whole delivery log. */
  async log(): Promise<DeliveryRecord[]> {
    const records = [];
    for await (const page of paginateScan(
      { client: this.dynamodb },
      { TableName: this.stack.deliveriesTable, ConsistentRead: true },
    )) {
      for (const item of page.Items ?? []) {
        const [tenantId, subscriptionId] = item.pk!.S!.split('#') as [TenantId, SubscriptionId];
        records.push(storedRecord({ tenantId, subscriptionId, deliveryId: item.sk!.S as DeliveryId }, item));
      }
    }
    return records;
  }

  /** The message on the event dead-letter queue that says so; others stay there. */
  async rejected(matches: (message: Message) => boolean, withinMs = 20_000): Promise<Message> {
    for (const end = Date.now() + withinMs; Date.now() < end; await sleep(POLL_MS)) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.stack.eventDeadLetterQueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          VisibilityTimeout: 0,
        }),
      );
      const found = Messages.find(matches);
      if (found !== undefined) return found;
    }
    throw new Error(`no such message was in the event dead-letter queue within ${withinMs} ms`);
  }
}
