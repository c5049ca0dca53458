/** What the turns of one batch of delivery messages share. */
import type { EndpointAnswers } from '../endpoint/circuit';
import { CircuitBreaker } from '../endpoint/circuit-breaker';
import type { CircuitStore } from '../endpoint/circuit-store';
import type { DeliveryRates } from '../endpoint/delivery-rates';
import type { Endpoint } from '../endpoint/endpoint';
import type { OwnFaultDetector } from '../endpoint/own-fault';
import { RateLimiter } from '../endpoint/rate-limiter';
import type { Clock } from '../shared/clock';
import type { DeliveryId } from '../shared/identifiers';
import type { Log } from '../shared/log';
import type { Profile } from '../shared/profile';
import type { RandomSource } from '../shared/random';
import type { RemainingMs } from '../shared/retry-write';
import type { KeyRings } from '../signing/key-ring';
import type { SigningSecrets } from '../signing/signing-secrets';
import type { AccountSecrets } from '../subscriptions/account-store';
import type { SubscriptionReader } from '../subscriptions/subscription-reader';
import type { DeliveryLog } from './delivery-log';
import type { DeliveryQueues } from './delivery-queues';
import type { FailureCounter } from './failure-counter';
import type { OperationalEvents } from './operational-event';
import type { PayloadReader } from './payload-reader';
import { FailureRecorder } from './record-failure';
import { SuccessRecorder } from './record-success';
import { RetryQueue } from './retry-queue';

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
  /** Failures of this batch were not counted, since nearly no endpoint could be reached. */
  ownFaultSuspected = false;

  constructor(
    readonly settings: DeliverSettings,
    readonly memory: EnvironmentMemory,
    readonly ports: DeliverPorts,
    readonly remainingMs: RemainingMs,
    /** Messages of the batch. */
    size: number,
  ) {
    this.circuits = new CircuitBreaker(ports, memory.answers, () => this.suspectsOwnFault());
    this.successes = new SuccessRecorder(ports, this.circuits, remainingMs, () => this.attemptsUnderWay > 0);
    this.failures = new FailureRecorder(ports, settings, remainingMs);
    this.retryQueue = new RetryQueue(ports, settings.retry.delays.length, remainingMs, () => size > 1);
    this.rateLimiter = new RateLimiter(ports);
  }

  /** Nearly no endpoint could be reached lately, so the fault is ours. */
  suspectsOwnFault(): boolean {
    const suspected = this.memory.ownFaults.suspected();
    this.ownFaultSuspected ||= suspected;
    return suspected;
  }
}
