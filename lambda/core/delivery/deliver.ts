/**
 * From a batch of delivery messages to attempts and what follows from them (rules 3 to 6 of the protocol,
 * docs/architecture.md). This file reads what the batch needs. `turn.ts` decides about one message.
 */
import type { EndpointAnswers } from '../endpoint/circuit';
import { CircuitBreaker } from '../endpoint/circuit-breaker';
import type { CircuitStore } from '../endpoint/circuit-store';
import type { DeliveryRates } from '../endpoint/delivery-rates';
import type { Endpoint } from '../endpoint/endpoint';
import type { OwnFaultDetector } from '../endpoint/own-fault';
import { RateLimiter } from '../endpoint/rate-limiter';
import type { Clock } from '../shared/clock';
import { type DeliveryId, targetName, type TenantId } from '../shared/identifiers';
import { type Log, logReturned } from '../shared/log';
import type { Profile } from '../shared/profile';
import type { RandomSource } from '../shared/random';
import type { RemainingMs } from '../shared/retry-write';
import type { KeyRings } from '../signing/key-ring';
import type { SigningSecrets } from '../signing/signing-secrets';
import type { AccountSecrets } from '../subscriptions/account-store';
import type { SubscriptionReader } from '../subscriptions/subscription-reader';
import type { DeliveryLog } from './delivery-log';
import { type DeliveryMessage, parseDeliveryMessage } from './delivery-message';
import type { DeliveryQueues } from './delivery-queues';
import type { FailureCounter } from './failure-counter';

import type { OperationalEvents } from './operational-event';
import type { PayloadReader } from './payload-reader';
import { FailureRecorder } from './record-failure';
import { SuccessRecorder } from './record-success';
import { RetryQueue } from './retry-queue';
import { type BatchTargets, Turn } from './turn';

export interface DeliverPorts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly subscriptions: SubscriptionReader;
  readonly failures: FailureCounter;
  readonly circuits: CircuitStore;
  readonly rates: DeliveryRates;
  readonly accounts: AccountSecrets;
  readonly events: PayloadReader;
  readonly deliveries: DeliveryLog;
  readonly queues: DeliveryQueues;
  readonly operationalEvents: OperationalEvents;
  readonly endpoint: Endpoint;
  readonly secrets: SigningSecrets;
  readonly keyRings: KeyRings;
  readonly log: Log;
}

/** What one execution environment remembers from batch to batch. The protocol's promises need nothing of it. */
export interface EnvironmentMemory {
  readonly answers: EndpointAnswers;
  readonly ownFaults: OwnFaultDetector;
}

export type DeliverSettings = Pick<
  Profile,
  'userAgent' | 'headers' | 'signatures' | 'deadlineSeconds' | 'deliveryTtlSeconds' | 'retry' | 'disableAfter' | 'plans'
>;

export interface QueuedDelivery {
  readonly messageId: string;
  readonly body: string;
}

/** What became of a message. */
export type MessageOutcome =
  | 'delivered'
  /** The attempt failed, and the message of the next one is in its queue. */
  | 'retried'
  | 'failed'
  | 'cancelled'
  /** Sent back to a queue without an attempt: early, its circuit is open, or its rate limit is used up. */
  | 'deferred'
  /** A copy, or a message whose turn is over. */
  | 'dropped'
  /** Goes back to its queue: a call was refused, or time ran short (rule 7). */
  | 'returned';

export interface DeliverReport {
  readonly outcomes: Readonly<Record<MessageOutcome, number>>;
  /** Latency of each attempt, in milliseconds. */
  readonly latencies: readonly number[];
  readonly circuitsOpened: number;
  /** Failures were not counted, since nearly no endpoint could be reached. */
  readonly ownFaultSuspected: boolean;
  /** Ids of the messages that go back to their queue. */
  readonly returned: readonly string[];
}

/**
 * Never throws because of one message.
 *
 * @param remainingMs of the invocation
 */
export async function deliver(
  batch: readonly QueuedDelivery[],
  remainingMs: RemainingMs,
  settings: DeliverSettings,
  memory: EnvironmentMemory,
  ports: DeliverPorts,
): Promise<DeliverReport> {
  return new DeliverBatch(settings, memory, ports, remainingMs).run(batch);
}

/** What the messages of a batch share. */
export class DeliverBatch {
  /**
   * Deliveries of this batch that passed the check. Copies within the batch are dropped last, among the messages that
   * passed.
   */
  readonly passed = new Map<DeliveryId, Promise<MessageOutcome>>();
  readonly circuits: CircuitBreaker;
  readonly successes: SuccessRecorder;
  readonly failures: FailureRecorder;
  readonly retryQueue: RetryQueue;
  readonly rateLimiter: RateLimiter;
  readonly latencies: number[] = [];
  attemptsUnderWay = 0;
  /** Messages of the batch. */
  private size = 0;
  private ownFaultSuspected = false;

  constructor(
    readonly settings: DeliverSettings,
    readonly memory: EnvironmentMemory,
    readonly ports: DeliverPorts,
    readonly remainingMs: RemainingMs,
  ) {
    this.circuits = new CircuitBreaker(ports, memory.answers, () => this.suspectsOwnFault());
    this.successes = new SuccessRecorder(ports, this.circuits, remainingMs, () => this.attemptsUnderWay > 0);
    this.failures = new FailureRecorder(ports, settings, remainingMs);
    this.retryQueue = new RetryQueue(ports, settings.retry.delays.length, remainingMs, () => this.size > 1);
    this.rateLimiter = new RateLimiter(ports);
  }

  async run(batch: readonly QueuedDelivery[]): Promise<DeliverReport> {
    this.size = batch.length;
    const messages = batch.map((queued) => this.parse(queued));
    const read = await this.readTargets(messages.filter((message) => message !== undefined));
    const ended = await Promise.all(
      messages.map(async (message): Promise<MessageOutcome> => {
        if (message === undefined || read === undefined) return 'returned';
        return new Turn(message, read, this).take();
      }),
    );
    const outcomes = { delivered: 0, retried: 0, failed: 0, cancelled: 0, deferred: 0, dropped: 0, returned: 0 };
    for (const outcome of ended) outcomes[outcome] += 1;
    return {
      outcomes,
      latencies: this.latencies,
      circuitsOpened: this.circuits.opened,
      ownFaultSuspected: this.ownFaultSuspected,
      returned: batch.filter((_queued, index) => ended[index] === 'returned').map(({ messageId }) => messageId),
    };
  }

  /** Nearly no endpoint could be reached lately, so the fault is ours. */
  suspectsOwnFault(): boolean {
    const suspected = this.memory.ownFaults.suspected();
    this.ownFaultSuspected ||= suspected;
    return suspected;
  }

  private parse({ messageId, body }: QueuedDelivery): DeliveryMessage | undefined {
    try {
      return parseDeliveryMessage(body);
    } catch (error) {
      logReturned(this.ports.log, 'delivery', error, { message_id: messageId });
      return undefined;
    }
  }

  /** One strong read of all that the batch's messages go to. Undefined if refused: then the whole batch is returned. */
  private async readTargets(messages: readonly DeliveryMessage[]): Promise<BatchTargets | undefined> {
    const keys = new Map(messages.map((message) => [targetName(message), message]));
    const accounts = new Set<TenantId>();
    for (const { url, tenantId } of messages) {
      if (url !== undefined || this.settings.plans !== undefined) accounts.add(tenantId);
    }
    try {
      const asked = [...keys.values()].map(({ tenantId, subscriptionId }) => ({ tenantId, subscriptionId }));
      const found = await this.ports.subscriptions.read(asked, [...accounts]);
      return {
        targets: new Map([...keys.keys()].map((key, index) => [key, found.subscriptions[index]])),
        accounts: found.accounts,
      };
    } catch (error) {
      logReturned(this.ports.log, 'delivery', error, { messages: messages.length });
      return undefined;
    }
  }
}
