/**
 * From a delivery message to an attempt and what follows from it: what a delivery worker decides, in one place (rules 3
 * to 6 of the protocol, docs/architecture.md).
 */
import { accountSecretOwner, ensureAccountSecret } from '../subscriptions/account-secret';
import { goesUnchecked, mustResend, decideTurn } from './check';
import { type RandomSource, randomFraction } from '../shared/random';
import { withOwnHeaders } from '../subscriptions/custom-headers';
import {
  circuitState,
  DEFERRAL_MAX_MS,
  deferralMs,
  type EndpointAnswers,
  PROBE_INTERVAL_MS,
} from '../endpoint/circuit';
import { CircuitBreaker } from '../endpoint/circuit-breaker';
import { type AttemptResult, type Endpoint, isSuccess, isTransportFailure } from '../endpoint/endpoint';
import { PortUnavailable, UnreadableItem } from '../shared/errors';
import { FailureRecorder } from './record-failure';
import { type DeliveryId, isUrlTarget, type SubscriptionKey, type TenantId } from '../shared/identifiers';
import type { OwnFaultDetector } from '../endpoint/own-fault';
import { retryWrite, type RemainingMs } from '../shared/retry-write';
import type { Profile } from '../shared/profile';
import { RATE_WAIT_MAX_MS } from '../endpoint/rate-limit';
import { RateLimiter } from '../endpoint/rate-limiter';
import { newChain, RetryQueue } from './retry-queue';
import { deliveryHeaders } from '../signing/signature';
import type { SigningKeySet, SigningSecrets } from '../signing/signing-secrets';
import { SuccessRecorder } from './record-success';
import type { AccountSecrets } from '../subscriptions/account-store';
import type { CircuitStore } from '../endpoint/circuit-store';
import type { Clock } from '../shared/clock';
import type { DeliveryLog } from './delivery-log';
import type { DeliveryQueues } from './delivery-queues';
import type { DeliveryRates } from '../endpoint/delivery-rates';
import type { PayloadReader } from './payload-reader';
import type { FailureCounter } from './failure-counter';
import type { KeyRings } from '../signing/key-ring';
import type { Log } from '../shared/log';
import type { OperationalEvents } from './operational-event';
import type { SubscriptionReader } from '../subscriptions/subscription-reader';
import { nextStepAfter, type NextStep as Outcome } from './retry';
import {
  type Account,
  headersOwner,
  secretOwner,
  type Subscription,
  type UrlTarget,
} from '../subscriptions/subscription';
import { attemptEntry, type DeliveryMessage, type DeliveryRecord, parseDeliveryMessage } from './delivery';

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

/**
 * What one execution environment remembers from batch to batch; nothing of it is needed for what the protocol promises.
 */
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

/** How a message ended. */
export type MessageOutcome =
  | 'delivered'
  /** The attempt failed and another is on its way. */
  | 'retried'
  | 'failed'
  | 'cancelled'
  /**
   * Put back into a queue without an attempt: early, its endpoint's circuit is open, or its subscription's rate limit
   * is used up.
   */
  | 'deferred'
  /** A copy, or a message whose turn is over. */
  | 'dropped'
  /** Goes back to its queue: something was refused, or time ran short (rule 7). */
  | 'returned';

export interface DeliverReport {
  readonly outcomes: Readonly<Record<MessageOutcome, number>>;
  /** Latency of each attempt, in milliseconds. */
  readonly latencies: readonly number[];
  readonly circuitsOpened: number;
  /** Failures were not counted, since nearly nobody could be reached. */
  readonly ownFaultSuspected: boolean;
  /** Ids of the messages that go back. */
  readonly returned: readonly string[];
}

/** No attempt starts with less than the deadline and this left of the invocation: enough to write its record. */
const AFTER_ATTEMPT_MS = 5_000;
const NO_ROOM = "the webhook's rate limit left no room for it within 24 hours";

/**
 * Never throws for one message's sake.
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

type Target = Subscription | UrlTarget;

interface BatchTargets {
  readonly targets: ReadonlyMap<string, Target | UnreadableItem | undefined>;
  readonly accounts: ReadonlyMap<TenantId, Account>;
}

class DeliverBatch {
  /**
   * Deliveries of this batch that passed the check: a copy within the batch is dropped last, among the messages that
   * passed.
   */
  private readonly passed = new Map<DeliveryId, Promise<MessageOutcome>>();
  private readonly latencies: number[] = [];
  /** Messages of the batch. */
  private size = 0;
  private attemptsUnderWay = 0;
  private ownFaultSuspected = false;
  private readonly circuits: CircuitBreaker;
  private readonly successes: SuccessRecorder;
  private readonly failures: FailureRecorder;
  private readonly retryQueue: RetryQueue;
  private readonly rateLimiter: RateLimiter;

  constructor(
    private readonly settings: DeliverSettings,
    private readonly memory: EnvironmentMemory,
    private readonly ports: DeliverPorts,
    private readonly remainingMs: RemainingMs,
  ) {
    this.circuits = new CircuitBreaker(ports, memory.answers, () => this.suspectsOwnFault());
    this.successes = new SuccessRecorder(ports, this.circuits, remainingMs, () => this.attemptsUnderWay > 0);
    this.failures = new FailureRecorder(
      ports,
      { disableAfter: settings.disableAfter, goneDisables: settings.retry.goneDisables },
      remainingMs,
    );
    this.retryQueue = new RetryQueue(ports, settings.retry.delays.length, remainingMs, () => this.size > 1);
    this.rateLimiter = new RateLimiter(ports);
  }

  async run(batch: readonly QueuedDelivery[]): Promise<DeliverReport> {
    this.size = batch.length;
    const messages = batch.map((queued) => this.parse(queued));
    const read = await this.readTargets(messages.filter((message) => message !== undefined));
    const ended = await Promise.all(
      messages.map((message, index) => this.handle(batch[index]!.messageId, message, read)),
    );
    const ends = { delivered: 0, retried: 0, failed: 0, cancelled: 0, deferred: 0, dropped: 0, returned: 0 };
    for (const end of ended) ends[end] += 1;
    return {
      outcomes: ends,
      latencies: this.latencies,
      circuitsOpened: this.circuits.opened,
      ownFaultSuspected: this.ownFaultSuspected,
      returned: batch.filter((_queued, index) => ended[index] === 'returned').map(({ messageId }) => messageId),
    };
  }

  private parse({ messageId, body }: QueuedDelivery): DeliveryMessage | undefined {
    try {
      return parseDeliveryMessage(body);
    } catch (error) {
      this.returnToQueue(messageId, error);
      return undefined;
    }
  }

  /**
   * All that the batch needs to know of where it goes, in one strong read; undefined when it was refused, and then the
   * whole batch goes back.
   */
  private async readTargets(messages: readonly DeliveryMessage[]): Promise<BatchTargets | undefined> {
    const keys = new Map(
      messages.map((message) => [
        keyOf(message),
        { tenantId: message.tenantId, subscriptionId: message.subscriptionId },
      ]),
    );
    const accounts = new Set(
      messages
        .filter(({ url }) => url !== undefined || this.settings.plans !== undefined)
        .map(({ tenantId }) => tenantId),
    );
    try {
      const found = await this.ports.subscriptions.read([...keys.values()], [...accounts]);
      return {
        targets: new Map([...keys.keys()].map((key, index) => [key, found.subscriptions[index]])),
        accounts: found.accounts,
      };
    } catch (error) {
      this.returnToQueue('all of the batch', error);
      return undefined;
    }
  }

  private async handle(
    messageId: string,
    message: DeliveryMessage | undefined,
    read: BatchTargets | undefined,
  ): Promise<MessageOutcome> {
    if (message === undefined || read === undefined) return 'returned';
    try {
      return await this.checkAndAttempt(message, read);
    } catch (error) {
      return this.returnToQueue(messageId, error, message);
    }
  }

  /** Rule 3, in its order. */
  private async checkAndAttempt(
    message: DeliveryMessage,
    { targets, accounts }: BatchTargets,
  ): Promise<MessageOutcome> {
    const { clock, deliveries } = this.ports;
    const verdict = goesUnchecked(message, clock.now())
      ? ({ kind: 'attempt' } as const)
      : decideTurn(message, await deliveries.read(message));
    if (verdict.kind === 'drop') return this.drop(targets.get(keyOf(message)));
    if (verdict.kind === 'complete') return this.completed(verdict.record);
    if (verdict.kind === 'wait') return 'returned';
    if (verdict.kind === 'resend') return this.resend(message, verdict.record);

    const target = targets.get(keyOf(message)) ?? urlTargetOf(message);
    if (target instanceof UnreadableItem) throw target;
    if (target === undefined || ('enabled' in target && !target.enabled))
      return this.cancel(
        message,
        target,
        target === undefined ? 'the subscription was deleted' : 'the subscription was disabled',
      );
    const plan = accounts.get(message.tenantId)?.plan;
    if (plan !== undefined && this.settings.plans?.includes(plan) === false)
      return this.cancel(message, target, `the plan "${plan}" has no webhooks`);
    const deferral = await this.deferral(message, target);
    if (deferral === 'too long')
      return this.fail(message, target, { attempts: message.attempt - 1, reason: NO_ROOM, history: [] }, false);
    if (deferral !== undefined) return (await this.retryQueue.send(deferral)) ? 'deferred' : 'returned';
    if (verdict.kind === 'take' && !(await deliveries.claim(this.pendingRecord(message, target)))) return 'returned';
    const other = this.passed.get(message.deliveryId);
    // A copy by SQS may be the same message, which nobody would give back any more.
    if (other !== undefined) return (await other) === 'returned' ? 'returned' : 'dropped';
    const attempt = this.attempt(message, target, accounts).catch((error: unknown) =>
      this.returnToQueue(message.deliveryId, error, message),
    );
    this.passed.set(message.deliveryId, attempt);
    return attempt;
  }

  /**
   * The same message with a later due time, where this is not the moment: it came early, the endpoint's circuit is
   * open, or its rate limit is used up. Its chain goes on with it.
   */
  private async deferral(message: DeliveryMessage, target: Target): Promise<DeliveryMessage | 'too long' | undefined> {
    const now = this.ports.clock.now();
    if (message.dueAt !== undefined && now < message.dueAt) return message;
    const deferredMs = message.deferredMs ?? 0;
    const state = circuitState(target.circuit, now);
    if (state === 'closed' || deferredMs >= DEFERRAL_MAX_MS) return this.rateWait(message, target, false);
    if (state === 'probe' && (await this.ports.circuits.claimProbe(message, target.circuit!, now + PROBE_INTERVAL_MS)))
      return this.rateWait(message, target, true);
    const waitMs = deferralMs(deferredMs, this.ports.random);
    const { inLine: _turn, ...waiting } = message;
    return { ...waiting, dueAt: now + waitMs, deferredMs: deferredMs + waitMs };
  }

  /**
   * Until the subscription's rate limit has room for it.
   *
   * @param probes a circuit waits for what becomes of it
   */
  private async rateWait(
    message: DeliveryMessage,
    target: Target,
    probes: boolean,
  ): Promise<DeliveryMessage | 'too long' | undefined> {
    if (!('rateLimit' in target) || target.rateLimit === undefined) return undefined;
    const turn = await this.rateLimiter.turn(message, target.rateLimit, probes || message.inLine === true);
    if (turn.kind === 'now') return undefined;
    const rateWaitedMs = (message.rateWaitedMs ?? 0) + turn.at - this.ports.clock.now();
    if (rateWaitedMs > RATE_WAIT_MAX_MS) return 'too long';
    const { inLine: _before, ...waiting } = message;
    return { ...waiting, dueAt: turn.at, rateWaitedMs, ...(turn.kind === 'place' && { inLine: true }) };
  }

  private async attempt(
    message: DeliveryMessage,
    target: Target,
    accounts: ReadonlyMap<TenantId, Account>,
  ): Promise<MessageOutcome> {
    const { clock, random } = this.ports;
    const payload = message.payload ?? (await this.ports.events.payload(message.tenantId, message.eventId));
    if (payload === undefined) {
      return this.fail(
        message,
        target,
        { attempts: message.attempt - 1, reason: 'the payload of its event is no longer kept', history: [] },
        false,
      );
    }
    const [keys, ownHeaders] = await Promise.all([
      this.signingKeys(message, target, accounts),
      this.ownHeaders(target),
    ]);
    // nothing is awaited between this and the attempt
    if (this.remainingMs() < this.settings.deadlineSeconds * 1000 + AFTER_ATTEMPT_MS) return 'returned';
    const url = message.url ?? (target as Subscription).url;
    this.attemptsUnderWay += 1;
    const { at, result } = await this.post(message, url, Buffer.from(payload, 'utf8'), keys, ownHeaders).finally(
      () => (this.attemptsUnderWay -= 1),
    );
    this.latencies.push(result.latencyMs);
    const endedAt = clock.now();
    if (result.kind !== 'forbidden') this.memory.ownFaults.note(message.tenantId, url, !isTransportFailure(result));
    const outcome = nextStepAfter(result, message.attempt, this.settings.retry, endedAt, randomFraction(random));
    const [end] = await Promise.all([
      this.settleOutcome(message, target, outcome, [attemptEntry(at, result)], endedAt),
      this.updateCircuit(message, target, result, at),
    ]);
    return end;
  }

  private settleOutcome(
    message: DeliveryMessage,
    target: Target,
    outcome: Outcome,
    history: DeliveryRecord['history'],
    endedAt: number,
  ): Promise<MessageOutcome> {
    if (outcome.kind === 'success') return this.succeed(message, target, history);
    if (outcome.kind === 'final')
      return this.fail(message, target, { attempts: message.attempt, reason: outcome.reason, history }, true);
    return this.retry(message, target, history, endedAt + outcome.delayMs);
  }

  private async post(
    message: DeliveryMessage,
    url: string,
    body: Buffer,
    keys: SigningKeySet,
    ownHeaders: Readonly<Record<string, string>>,
  ): Promise<{ at: number; result: AttemptResult }> {
    const at = this.ports.clock.now();
    const headers = withOwnHeaders(
      ownHeaders,
      deliveryHeaders(this.settings, { eventId: message.eventId, timestamp: Math.floor(at / 1000), body }, keys),
    );
    return {
      at,
      result: await this.ports.endpoint.post(
        { tenantId: message.tenantId, url, headers, body },
        this.settings.deadlineSeconds * 1000,
      ),
    };
  }

  private async signingKeys(
    message: DeliveryMessage,
    target: Target,
    accounts: ReadonlyMap<TenantId, Account>,
  ): Promise<SigningKeySet> {
    const now = this.ports.clock.now();
    if ('sealedSecret' in target)
      return this.ports.secrets.inForce(
        { sealed: target.sealedSecret, previous: target.previousSecret },
        secretOwner(target),
        now,
      );
    const account = accounts.get(message.tenantId);
    const sealed = account?.sealedSecret ?? (await ensureAccountSecret(message.tenantId, this.ports));
    return this.ports.secrets.inForce(
      { sealed, previous: account?.previousSecret },
      accountSecretOwner(message.tenantId),
      now,
    );
  }

  /** Headers that the subscription's owner has set. */
  private async ownHeaders(target: Target): Promise<Readonly<Record<string, string>>> {
    return 'headers' in target && target.headers !== undefined
      ? this.ports.secrets.headers(target.headers, headersOwner(target))
      : {};
  }

  private async succeed(
    message: DeliveryMessage,
    target: Target,
    history: DeliveryRecord['history'],
  ): Promise<MessageOutcome> {
    const record = this.settledRecord(message, target, { status: 'delivered', attempts: message.attempt, history });
    const stored = await this.successes.record({
      record,
      epoch: 'epoch' in target ? target.epoch : 0,
      attempt: message.attempt,
    });
    return stored === undefined ? 'delivered' : this.refused(message, stored);
  }

  private async fail(
    message: DeliveryMessage,
    target: Target,
    end: Pick<DeliveryRecord, 'attempts' | 'history'> & { reason: string },
    attempted: boolean,
  ): Promise<MessageOutcome> {
    const ownFault = attempted && this.suspectsOwnFault();
    const epoch =
      'epoch' in target && attempted && message.replayId === undefined && !ownFault ? target.epoch : undefined;
    const record = this.settledRecord(message, target, {
      status: 'failed',
      ...end,
      ...(epoch !== undefined && { epoch }),
    });
    const stored = await this.failures.record({
      record,
      attempt: message.attempt,
      ...(epoch !== undefined && { epoch }),
    });
    return stored === undefined ? 'failed' : this.refused(message, stored);
  }

  /** Re-enqueue before recording. */
  private async retry(
    message: DeliveryMessage,
    target: Target,
    history: DeliveryRecord['history'],
    dueAt: number,
  ): Promise<MessageOutcome> {
    const next: DeliveryMessage = { ...nextAttempt(message), chain: newChain(this.ports.random), dueAt };
    const sent = await this.retryQueue.send(next);
    const record: DeliveryRecord = {
      ...this.pendingRecord(message, target),
      attempts: message.attempt,
      chain: next.chain,
      dueAt,
      history,
      ...(!sent && { unsentBy: message.chain }),
    };
    const written = await retryWrite(
      () => this.ports.deliveries.settle(record, message.attempt),
      this.ports.clock,
      this.remainingMs,
    );
    if (!sent) return 'returned';
    return written.written ? 'retried' : this.refused(message, written.stored);
  }

  /** The attempt is on record, its re-enqueue is owed: nothing but that is done. */
  private async resend(
    { payload: _inline, ...message }: DeliveryMessage,
    record: DeliveryRecord,
  ): Promise<MessageOutcome> {
    const next: DeliveryMessage = {
      ...nextAttempt(message),
      chain: record.chain!,
      ...(record.dueAt !== undefined && { dueAt: record.dueAt }),
    };
    if (!(await this.retryQueue.send(next))) return 'returned';
    await retryWrite(() => this.ports.deliveries.clearUnsent(record), this.ports.clock, this.remainingMs);
    return 'retried';
  }

  /**
   * The owner disabled or deleted the subscription, or the tenant's plan has no webhooks: recorded, so that a recovery
   * finds it.
   */
  private async cancel(message: DeliveryMessage, target: Target | undefined, reason: string): Promise<MessageOutcome> {
    await this.publishDisabling(target);
    const record = this.settledRecord(message, target, {
      status: 'cancelled',
      attempts: message.attempt - 1,
      reason,
      history: [],
    });
    const written = await retryWrite(
      () => this.ports.deliveries.settle(record, message.attempt),
      this.ports.clock,
      this.remainingMs,
    );
    return written.written ? 'cancelled' : this.refused(message, written.stored);
  }

  /**
   * Its record may have been the failure that disabled the subscription, until the success of a copy by SQS went over
   * it: that it is disabled is still to be said.
   */
  private async drop(target: Target | UnreadableItem | undefined): Promise<MessageOutcome> {
    await this.publishDisabling(target);
    return 'dropped';
  }

  private async publishDisabling(target: Target | UnreadableItem | undefined): Promise<void> {
    if (target !== undefined && 'enabled' in target && !target.enabled) await this.failures.publishDisabling(target);
  }

  /**
   * Another message's record stands. A failure that nobody completed is completed; a re-enqueue that the record owes
   * this message is sent when it comes back.
   */
  private async refused(message: DeliveryMessage, stored: DeliveryRecord): Promise<MessageOutcome> {
    if (mustResend(message, stored)) return 'returned';
    return this.completed(stored);
  }

  private async completed(record: DeliveryRecord): Promise<MessageOutcome> {
    await this.failures.complete(record);
    return 'dropped';
  }

  /**
   * What the attempt says of its endpoint's circuit; beside the record, which waits for none of it. Our own policy's
   * refusal says nothing, and a subscription's success is looked at with its record.
   */
  private async updateCircuit(
    message: DeliveryMessage,
    target: Target,
    result: AttemptResult,
    begunAt: number,
  ): Promise<void> {
    if (result.kind === 'forbidden') return;
    if (isTransportFailure(result)) await this.circuits.recordFailure(message, target, begunAt);
    else if (!isSuccess(result) || isUrlTarget(target.id)) await this.circuits.recordAnswer(message, target);
  }

  private suspectsOwnFault(): boolean {
    const suspected = this.memory.ownFaults.suspected();
    this.ownFaultSuspected ||= suspected;
    return suspected;
  }

  private pendingRecord(message: DeliveryMessage, target: Target): DeliveryRecord {
    return {
      ...identityOf(message, target),
      status: 'pending',
      attempts: message.attempt - 1,
      chain: message.chain,
      history: [],
      expiresAt: this.expiry(),
    };
  }

  private settledRecord(
    message: DeliveryMessage,
    target: Target | undefined,
    end: Pick<DeliveryRecord, 'status' | 'attempts' | 'history' | 'reason' | 'epoch'>,
  ): DeliveryRecord {
    return { ...identityOf(message, target), ...end, settledAt: this.ports.clock.now(), expiresAt: this.expiry() };
  }

  private expiry(): number {
    return Math.ceil(this.ports.clock.now() / 1000) + this.settings.deliveryTtlSeconds;
  }

  private returnToQueue(messageId: string, error: unknown, message?: DeliveryMessage): 'returned' {
    const cause = error instanceof Error ? error : new Error(String(error));
    const fields = {
      messageId,
      ...(message !== undefined && { tenant: message.tenantId, delivery: message.deliveryId, event: message.eventId }),
      error: cause.name,
      reason: cause.message,
    };
    if (cause instanceof PortUnavailable) this.ports.log.warn('delivery returned to the queue', fields);
    else this.ports.log.error('delivery returned to the queue', fields);
    return 'returned';
  }
}

function keyOf({ tenantId, subscriptionId }: SubscriptionKey): string {
  return `${tenantId}#${subscriptionId}`;
}

/** Of the message that asks for the attempt after this one: what it had of this one's turn is over. */
function nextAttempt({ inLine: _turn, ...message }: DeliveryMessage): DeliveryMessage {
  return { ...message, attempt: message.attempt + 1 };
}

/** The row of an origin that nobody has written yet: its circuit is closed. */
function urlTargetOf({ tenantId, subscriptionId }: DeliveryMessage): UrlTarget | undefined {
  return isUrlTarget(subscriptionId) ? { tenantId, id: subscriptionId } : undefined;
}

function identityOf(message: DeliveryMessage, target: Target | undefined) {
  const { tenantId, subscriptionId, deliveryId, eventId, eventType, url, replayId, replayOf } = message;
  const where = url ?? (target !== undefined && 'url' in target ? target.url : undefined);
  return {
    ...{ tenantId, subscriptionId, deliveryId, eventId, eventType },
    ...(where !== undefined && { url: where }),
    ...(replayId !== undefined && { replayId }),
    ...(replayOf !== undefined && { replayOf }),
  };
}
