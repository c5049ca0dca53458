/**
 * From a delivery message to an attempt and its record: what a delivery worker decides, in one place (rules 3 and 5 of the protocol, docs/architecture.md).
 */
import { goesUnchecked, judge } from './check';
import { attemptEntry, type DeliveryMessage, type DeliveryRecord, type DeliveryStatus, parseDeliveryMessage } from './delivery';
import type { AttemptResult, Endpoint } from './endpoint';
import { PortUnavailable } from './errors';
import type { DeliveryId } from './identifiers';
import { persist, type RemainingMs } from './persist';
import type { Clock, DeliveryLog, EventStore, Log, SubscriptionKey, SubscriptionReader } from './ports';
import type { Profile } from './profile';
import { signatureHeaders } from './signature';
import type { SigningSecrets } from './signing-secrets';
import { secretOwner, type Subscription } from './subscription';
import { SuccessWriter } from './success-writer';

export interface DeliverPorts {
  readonly clock: Clock;
  readonly subscriptions: SubscriptionReader;
  readonly events: Pick<EventStore, 'payload'>;
  readonly deliveries: DeliveryLog;
  readonly endpoint: Endpoint;
  readonly secrets: SigningSecrets;
  readonly log: Log;
}

export type DeliverSettings = Pick<Profile, 'userAgent' | 'headers' | 'signatures' | 'deadlineSeconds' | 'deliveryTtlSeconds'>;

export interface QueuedDelivery {
  readonly messageId: string;
  readonly body: string;
}

export interface DeliverReport {
  readonly attempts: number;
  readonly delivered: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Copies, and messages whose turn is over. */
  readonly dropped: number;
  /** Latency of each attempt, in milliseconds. */
  readonly latencies: readonly number[];
  /** Ids of messages that go back to the queue: something was refused, or time ran short (rule 7). */
  readonly returned: readonly string[];
}

/** No attempt starts with less than the deadline and this left of the invocation: enough to write its record. */
const AFTER_ATTEMPT_MS = 5_000;

/** Never throws for one message's sake. @param remainingMs of the invocation */
export async function deliver(batch: readonly QueuedDelivery[], remainingMs: RemainingMs, settings: DeliverSettings, ports: DeliverPorts): Promise<DeliverReport> {
  return new DeliverBatch(settings, ports, remainingMs).run(batch);
}

type End = 'delivered' | 'failed' | 'cancelled' | 'dropped' | 'returned';

class DeliverBatch {
  /** Deliveries of this batch that passed the check: a copy within the batch is dropped last, among the messages that passed. */
  private readonly passed = new Set<DeliveryId>();
  private readonly latencies: number[] = [];
  private readonly successes: SuccessWriter;

  constructor(
    private readonly settings: DeliverSettings,
    private readonly ports: DeliverPorts,
    private readonly remainingMs: RemainingMs,
  ) {
    this.successes = new SuccessWriter(ports.deliveries, ports.clock, remainingMs);
  }

  async run(batch: readonly QueuedDelivery[]): Promise<DeliverReport> {
    const messages = batch.map((queued) => this.parse(queued));
    const subscriptions = await this.readSubscriptions(messages);
    const ends = await Promise.all(messages.map((message, index) => this.handle(batch[index]!.messageId, message, subscriptions)));
    const count = (end: End) => ends.filter((each) => each === end).length;
    return {
      attempts: this.latencies.length,
      delivered: count('delivered'),
      failed: count('failed'),
      cancelled: count('cancelled'),
      dropped: count('dropped'),
      latencies: this.latencies,
      returned: batch.filter((_queued, index) => ends[index] === 'returned').map(({ messageId }) => messageId),
    };
  }

  private parse({ messageId, body }: QueuedDelivery): DeliveryMessage | undefined {
    try {
      return parseDeliveryMessage(body);
    } catch (error) {
      this.giveBack(messageId, error);
      return undefined;
    }
  }

  /** All subscriptions of the batch in one strong read; undefined when it was refused, and then the whole batch goes back. */
  private async readSubscriptions(messages: readonly (DeliveryMessage | undefined)[]): Promise<ReadonlyMap<string, Subscription | undefined> | undefined> {
    const keys = new Map<string, SubscriptionKey>();
    for (const message of messages) if (message !== undefined) keys.set(keyOf(message), { tenantId: message.tenantId, subscriptionId: message.subscriptionId });
    try {
      const found = await this.ports.subscriptions.read([...keys.values()]);
      return new Map([...keys.keys()].map((key, index) => [key, found[index]]));
    } catch (error) {
      this.giveBack('all of the batch', error);
      return undefined;
    }
  }

  private async handle(messageId: string, message: DeliveryMessage | undefined, subscriptions: ReadonlyMap<string, Subscription | undefined> | undefined): Promise<End> {
    if (message === undefined || subscriptions === undefined) return 'returned';
    try {
      return await this.checkAndAttempt(message, subscriptions.get(keyOf(message)));
    } catch (error) {
      return this.giveBack(messageId, error);
    }
  }

  private async checkAndAttempt(message: DeliveryMessage, subscription: Subscription | undefined): Promise<End> {
    const verdict = goesUnchecked(message, this.ports.clock.now()) ? 'attempt' : judge(message, await this.ports.deliveries.read(message));
    if (verdict === 'drop') return 'dropped';
    if (!subscription?.enabled) return this.cancel(message, subscription);
    if (verdict === 'take' && !(await this.ports.deliveries.take(pendingRecord(message, subscription, this.expiry())))) return 'returned';
    if (this.passed.has(message.deliveryId)) return 'dropped';
    this.passed.add(message.deliveryId);
    if (this.remainingMs() < this.settings.deadlineSeconds * 1000 + AFTER_ATTEMPT_MS) return 'returned';
    return this.attempt(message, subscription);
  }

  private async attempt(message: DeliveryMessage, subscription: Subscription): Promise<End> {
    const payload = message.payload ?? (await this.ports.events.payload(message.tenantId, message.eventId));
    if (payload === undefined) return this.settle(message, subscription, { status: 'failed', attempts: message.attempt - 1, reason: 'the payload of its event is no longer kept', history: [] });
    const body = Buffer.from(payload, 'utf8');
    const keys = await this.ports.secrets.keys(subscription.sealedSecret, secretOwner(subscription));
    const at = this.ports.clock.now();
    const headers = {
      'content-type': 'application/json',
      'user-agent': this.settings.userAgent,
      ...this.settings.headers,
      ...signatureHeaders(this.settings.signatures, { eventId: message.eventId, timestamp: Math.floor(at / 1000), body }, [keys]),
    };
    const result = await this.ports.endpoint.post({ tenantId: message.tenantId, url: subscription.url, headers, body }, this.settings.deadlineSeconds * 1000);
    this.latencies.push(result.latencyMs);
    const history = [attemptEntry(at, result)];
    if (succeeded(result)) return this.settle(message, subscription, { status: 'delivered', attempts: message.attempt, history });
    return this.settle(message, subscription, { status: 'failed', attempts: message.attempt, reason: reasonOf(result), history });
  }

  /** The owner disabled or deleted the subscription: recorded, so that a recovery finds it. */
  private cancel(message: DeliveryMessage, subscription: Subscription | undefined): Promise<End> {
    const reason = subscription === undefined ? 'the subscription was deleted' : 'the subscription was disabled';
    return this.settle(message, subscription, { status: 'cancelled', attempts: message.attempt - 1, reason, history: [] });
  }

  private async settle(
    message: DeliveryMessage,
    subscription: Subscription | undefined,
    end: Pick<DeliveryRecord, 'attempts' | 'history' | 'reason'> & { readonly status: Exclude<DeliveryStatus, 'pending'> },
  ): Promise<End> {
    const { clock, deliveries } = this.ports;
    const record: DeliveryRecord = { ...identityOf(message, subscription), ...end, settledAt: clock.now(), expiresAt: this.expiry() };
    if (end.status === 'delivered' && message.attempt === 1) {
      await this.successes.write(record);
      return 'delivered';
    }
    const written = await persist(() => deliveries.settle(record, message.attempt), clock, this.remainingMs);
    return written ? end.status : 'dropped';
  }

  private expiry(): number {
    return Math.ceil(this.ports.clock.now() / 1000) + this.settings.deliveryTtlSeconds;
  }

  private giveBack(messageId: string, error: unknown): 'returned' {
    const cause = error instanceof Error ? error : new Error(String(error));
    const fields = { messageId, error: cause.name, reason: cause.message };
    if (cause instanceof PortUnavailable) this.ports.log.warn('delivery returned to the queue', fields);
    else this.ports.log.error('delivery returned to the queue', fields);
    return 'returned';
  }
}

function keyOf({ tenantId, subscriptionId }: SubscriptionKey): string {
  return `${tenantId}#${subscriptionId}`;
}

function identityOf(message: DeliveryMessage, subscription: Subscription | undefined) {
  const { tenantId, subscriptionId, deliveryId, eventId, eventType } = message;
  return { tenantId, subscriptionId, deliveryId, eventId, eventType, ...(subscription !== undefined && { url: subscription.url }) };
}

function pendingRecord(message: DeliveryMessage, subscription: Subscription, expiresAt: number): DeliveryRecord {
  return { ...identityOf(message, subscription), status: 'pending', attempts: message.attempt - 1, chain: message.chain, history: [], expiresAt };
}

function succeeded(result: AttemptResult): boolean {
  return result.kind === 'answered' && result.status >= 200 && result.status < 300;
}

function reasonOf(result: AttemptResult): string {
  return result.kind === 'answered' ? `the endpoint answered ${result.status}` : result.message;
}
