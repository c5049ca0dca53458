/** What a delivery worker decides about one message: whether its turn has come, the attempt, and what follows. */
import { circuitState, DEFERRAL_MAX_MS, deferralMs, PROBE_INTERVAL_MS } from '../endpoint/circuit';
import { type AttemptResult, isSuccess, isTransportFailure } from '../endpoint/endpoint';
import { RATE_WAIT_MAX_MS } from '../endpoint/rate-limit';
import { UnreadableItem } from '../shared/errors';
import { isUrlTarget, targetName, type TenantId } from '../shared/identifiers';
import { logReturned } from '../shared/log';
import { randomFraction } from '../shared/random';
import { reason, type Reason } from '../shared/reason';
import { retryWrite } from '../shared/retry-write';
import { deliveryHeaders } from '../signing/signature';
import type { SigningKeySet } from '../signing/schemes';
import { accountSecretOwner, ensureAccountSecret } from '../subscriptions/account-secret';
import { withOwnHeaders } from '../subscriptions/custom-headers';
import { type Account, headersOwner, secretOwner, type Target } from '../subscriptions/subscription';
import { isSubscription } from '../subscriptions/subscription-reader';
import { decideTurn, goesUnchecked, mustResend } from './check';
import type { DeliverBatch, DeliverPorts, DeliverSettings, MessageOutcome } from './deliver-batch';
import type { DeliveryMessage } from './delivery-message';
import { attemptEntry, type AttemptEntry, type DeliveryRecord } from './delivery-record';
import { deliveryLogFields } from './log-fields';
import { type NextStep, nextStepAfter } from './retry';
import { newChain } from './retry-queue';

/** What a batch read of where its messages go, by {@link targetName}. */
export interface BatchTargets {
  readonly targets: ReadonlyMap<string, Target | UnreadableItem | undefined>;
  readonly accounts: ReadonlyMap<TenantId, Account>;
}

/** No attempt starts with less than the deadline and this left of the invocation: enough to write its record. */
const AFTER_ATTEMPT_MS = 5_000;

/** The turn of one message. */
export class Turn {
  private readonly ports: DeliverPorts;
  private readonly settings: DeliverSettings;
  private readonly found: Target | UnreadableItem | undefined;

  constructor(
    private readonly message: DeliveryMessage,
    private readonly read: BatchTargets,
    private readonly batch: DeliverBatch,
  ) {
    this.ports = batch.ports;
    this.settings = batch.settings;
    this.found = read.targets.get(targetName(message));
  }

  /** Never throws: what cannot be done now goes back to the queue. */
  async take(): Promise<MessageOutcome> {
    try {
      return await this.checkAndAttempt();
    } catch (error) {
      return this.returnToQueue(error);
    }
  }

  /** Rule 3, in its order. */
  private async checkAndAttempt(): Promise<MessageOutcome> {
    const { message } = this;
    const { clock, deliveries } = this.ports;
    const decision = goesUnchecked(message, clock.now())
      ? ({ kind: 'attempt' } as const)
      : decideTurn(message, await deliveries.read(message));
    if (decision.kind === 'drop') return this.drop();
    if (decision.kind === 'complete') return this.completed(decision.record);
    if (decision.kind === 'wait') return 'returned';
    if (decision.kind === 'resend') return this.resend(decision.record);

    const target = this.found ?? unwrittenOrigin(message);
    if (target instanceof UnreadableItem) throw target;
    if (target === undefined) return this.cancel(undefined, reason('webhook-deleted'));
    const obstacle = this.obstacle(target);
    if (obstacle !== undefined) return this.cancel(target, obstacle);
    return new Attempt(message, target, this.read.accounts, this.batch, this).run(decision.kind === 'claim');
  }

  /** Why nothing is sent to the target at all. */
  private obstacle(target: Target): Reason | undefined {
    if (target.kind === 'subscription' && !target.enabled) return reason('webhook-disabled');
    const plan = this.read.accounts.get(this.message.tenantId)?.plan;
    if (plan === undefined || this.settings.plans?.includes(plan) !== false) return undefined;
    return reason('plan-without-webhooks', { plan });
  }

  /** The attempt is on record, and its next message was not sent. Sends it, and nothing else. */
  private async resend(record: DeliveryRecord): Promise<MessageOutcome> {
    const next = { ...nextAttempt(this.message), payload: undefined, chain: record.chain!, dueAt: record.dueAt };
    if (!(await this.batch.retryQueue.send(next))) return 'returned';
    await this.retryWrite(() => this.ports.deliveries.clearUnsent(record));
    return 'retried';
  }

  /** Nothing may be sent to the target. The delivery is recorded, so that a recovery finds it. */
  private async cancel(target: Target | undefined, why: Reason): Promise<MessageOutcome> {
    await this.publishDisabling(target);
    const record = this.settledRecord(target, {
      status: 'cancelled',
      attempts: this.message.attempt - 1,
      reason: why,
      history: [],
    });
    const written = await this.retryWrite(() => this.ports.deliveries.settle(record, this.message.attempt));
    return written.written ? 'cancelled' : this.refused(written.stored);
  }

  /**
   * The record may have been the failure that disabled the subscription before a duplicate's success overwrote it. The
   * `subscription.disabled` event must still be published.
   */
  private async drop(): Promise<MessageOutcome> {
    await this.publishDisabling(this.found);
    return 'dropped';
  }

  private async publishDisabling(target: Target | UnreadableItem | undefined): Promise<void> {
    if (isSubscription(target) && !target.enabled) await this.batch.failures.publishDisabling(target);
  }

  /**
   * Another message's record stands. A failure whose follow-up is incomplete is completed. A message that must still
   * send the next one comes back for that.
   */
  async refused(stored: DeliveryRecord): Promise<MessageOutcome> {
    return mustResend(this.message, stored) ? 'returned' : this.completed(stored);
  }

  private async completed(record: DeliveryRecord): Promise<MessageOutcome> {
    await this.batch.failures.complete(record);
    return 'dropped';
  }

  pendingRecord(target: Target): DeliveryRecord {
    const { message } = this;
    return {
      ...identityOf(message, target),
      status: 'pending',
      attempts: message.attempt - 1,
      chain: message.chain,
      history: [],
      expiresAt: this.expiry(),
    };
  }

  settledRecord(
    target: Target | undefined,
    end: Pick<DeliveryRecord, 'status' | 'attempts' | 'history' | 'reason' | 'epoch'>,
  ): DeliveryRecord {
    const settledAt = this.ports.clock.now();
    return { ...identityOf(this.message, target), ...end, settledAt, expiresAt: this.expiry() };
  }

  retryWrite<T>(write: () => Promise<T>): Promise<T> {
    return retryWrite(write, this.ports.clock, this.batch.remainingMs);
  }

  returnToQueue(error: unknown): 'returned' {
    logReturned(this.ports.log, 'delivery', error, deliveryLogFields(this.message));
    return 'returned';
  }

  private expiry(): number {
    return Math.ceil(this.ports.clock.now() / 1000) + this.settings.deliveryTtlSeconds;
  }
}

/** The attempt of a message that passed the check, to a target that takes deliveries. */
class Attempt {
  private readonly ports: DeliverPorts;
  private readonly settings: DeliverSettings;

  constructor(
    private readonly message: DeliveryMessage,
    private readonly target: Target,
    private readonly accounts: ReadonlyMap<TenantId, Account>,
    private readonly batch: DeliverBatch,
    private readonly turn: Turn,
  ) {
    this.ports = batch.ports;
    this.settings = batch.settings;
  }

  /** @param claimsRecord there is no record yet: it is created before the attempt */
  async run(claimsRecord: boolean): Promise<MessageOutcome> {
    const { message, target, turn } = this;
    const deferral = await this.deferral();
    if (deferral === 'too long') return this.failUnattempted(reason('rate-limit-exhausted'));
    if (deferral !== undefined) return (await this.batch.retryQueue.send(deferral)) ? 'deferred' : 'returned';
    if (claimsRecord && !(await this.ports.deliveries.claim(turn.pendingRecord(target)))) return 'returned';
    const { passed } = this.batch;
    const other = passed.get(message.deliveryId);
    // An SQS duplicate may be the same message, so if the other is returned, this one must be returned too.
    if (other !== undefined) return (await other) === 'returned' ? 'returned' : 'dropped';
    const attempt = this.attempt().catch((error: unknown) => turn.returnToQueue(error));
    passed.set(message.deliveryId, attempt);
    return attempt;
  }

  /**
   * The same message with a later due time, if it came early, its circuit is open, or its rate limit is used up. The
   * message keeps its chain.
   */
  private async deferral(): Promise<DeliveryMessage | 'too long' | undefined> {
    const { message, target } = this;
    const now = this.ports.clock.now();
    if (message.dueAt !== undefined && now < message.dueAt) return message;
    const deferredMs = message.deferredMs ?? 0;
    const state = circuitState(target.circuit, now);
    if (state === 'closed' || deferredMs >= DEFERRAL_MAX_MS) return this.rateWait(false);
    if (
      state === 'probe' &&
      (await this.ports.circuits.claimProbe(message, target.circuit!, now + PROBE_INTERVAL_MS))
    ) {
      return this.rateWait(true);
    }
    const waitMs = deferralMs(deferredMs, this.ports.random);
    const { inLine: _turn, ...waiting } = message;
    return { ...waiting, dueAt: now + waitMs, deferredMs: deferredMs + waitMs };
  }

  /**
   * Waits until the subscription's rate limit has room.
   *
   * @param probes a circuit waits for the outcome
   */
  private async rateWait(probes: boolean): Promise<DeliveryMessage | 'too long' | undefined> {
    const { message, target } = this;
    if (target.kind !== 'subscription' || target.rateLimit === undefined) return undefined;
    const turn = await this.batch.rateLimiter.turn(message, target.rateLimit, probes || message.inLine === true);
    if (turn.kind === 'now') return undefined;
    const rateWaitedMs = (message.rateWaitedMs ?? 0) + turn.at - this.ports.clock.now();
    if (rateWaitedMs > RATE_WAIT_MAX_MS) return 'too long';
    const { inLine: _before, ...waiting } = message;
    return { ...waiting, dueAt: turn.at, rateWaitedMs, inLine: turn.kind === 'place' ? true : undefined };
  }

  private async attempt(): Promise<MessageOutcome> {
    const { message, target } = this;
    const { clock, random } = this.ports;
    const payload = message.payload ?? (await this.ports.events.payload(message.tenantId, message.eventId));
    if (payload === undefined) return this.failUnattempted(reason('payload-expired'));
    const [keys, ownHeaders] = await Promise.all([this.signingKeys(), this.ownHeaders()]);
    // Nothing is awaited between this and the attempt.
    if (this.batch.remainingMs() < this.settings.deadlineSeconds * 1000 + AFTER_ATTEMPT_MS) return 'returned';
    this.batch.attemptsUnderWay += 1;
    const url = message.url ?? urlOf(target)!;
    const { at, result } = await this.post(url, Buffer.from(payload, 'utf8'), keys, ownHeaders).finally(
      () => (this.batch.attemptsUnderWay -= 1),
    );
    this.batch.latencies.push(result.latencyMs);
    const endedAt = clock.now();
    if (result.kind !== 'forbidden')
      this.batch.memory.ownFaults.note(message.tenantId, url, !isTransportFailure(result));
    const step = nextStepAfter(result, message.attempt, this.settings.retry, endedAt, randomFraction(random));
    const [outcome] = await Promise.all([
      this.follow(step, [attemptEntry(at, result)], endedAt),
      this.updateCircuit(result, at),
    ]);
    return outcome;
  }

  private async post(
    url: string,
    body: Buffer,
    keys: SigningKeySet,
    ownHeaders: Readonly<Record<string, string>>,
  ): Promise<{ at: number; result: AttemptResult }> {
    const { tenantId, eventId } = this.message;
    const at = this.ports.clock.now();
    const signed = { eventId, timestamp: Math.floor(at / 1000), body };
    const headers = withOwnHeaders(ownHeaders, deliveryHeaders(this.settings, signed, keys));
    const deadlineMs = this.settings.deadlineSeconds * 1000;
    return { at, result: await this.ports.endpoint.post({ tenantId, url, headers, body }, deadlineMs) };
  }

  private async signingKeys(): Promise<SigningKeySet> {
    const { message, target } = this;
    const now = this.ports.clock.now();
    if (target.kind === 'subscription') {
      const secret = { sealed: target.sealedSecret, previous: target.previousSecret };
      return this.ports.secrets.inForce(secret, secretOwner(target), now);
    }
    const account = this.accounts.get(message.tenantId);
    const sealed = account?.sealedSecret ?? (await ensureAccountSecret(message.tenantId, this.ports));
    const secret = { sealed, previous: account?.previousSecret };
    return this.ports.secrets.inForce(secret, accountSecretOwner(message.tenantId), now);
  }

  /** Headers that the subscription's owner has set. */
  private async ownHeaders(): Promise<Readonly<Record<string, string>>> {
    const { target } = this;
    if (target.kind !== 'subscription' || target.headers === undefined) return {};
    return this.ports.secrets.headers(target.headers, headersOwner(target));
  }

  private follow(step: NextStep, history: readonly AttemptEntry[], endedAt: number): Promise<MessageOutcome> {
    if (step.kind === 'success') return this.succeed(history);
    if (step.kind === 'final') return this.fail({ attempts: this.message.attempt, reason: step.reason, history });
    return this.retry(history, endedAt + step.delayMs);
  }

  private async succeed(history: readonly AttemptEntry[]): Promise<MessageOutcome> {
    const { message, target, turn } = this;
    const record = turn.settledRecord(target, { status: 'delivered', attempts: message.attempt, history });
    const epoch = target.kind === 'subscription' ? target.epoch : 0;
    const stored = await this.batch.successes.record({ record, epoch, attempt: message.attempt });
    return stored === undefined ? 'delivered' : turn.refused(stored);
  }

  private async fail(end: Pick<DeliveryRecord, 'attempts' | 'history' | 'reason'>): Promise<MessageOutcome> {
    const { message, target } = this;
    const ownFault = this.batch.suspectsOwnFault();
    const counts = target.kind === 'subscription' && message.replayId === undefined && !ownFault;
    return this.recordFailure(end, counts ? target.epoch : undefined);
  }

  /** The delivery ends without an attempt. That says nothing about the endpoint, so it is not counted. */
  private failUnattempted(why: Reason): Promise<MessageOutcome> {
    return this.recordFailure({ attempts: this.message.attempt - 1, reason: why, history: [] }, undefined);
  }

  /** @param epoch absent: the failure is not counted */
  private async recordFailure(
    end: Pick<DeliveryRecord, 'attempts' | 'history' | 'reason'>,
    epoch: number | undefined,
  ): Promise<MessageOutcome> {
    const record = this.turn.settledRecord(this.target, { status: 'failed', ...end, epoch });
    const stored = await this.batch.failures.record({ record, attempt: this.message.attempt, epoch });
    return stored === undefined ? 'failed' : this.turn.refused(stored);
  }

  /** Rule 4: re-enqueue before recording. */
  private async retry(history: readonly AttemptEntry[], dueAt: number): Promise<MessageOutcome> {
    const { message, target, turn } = this;
    const next: DeliveryMessage = { ...nextAttempt(message), chain: newChain(this.ports.random), dueAt };
    const sent = await this.batch.retryQueue.send(next);
    const record: DeliveryRecord = {
      ...turn.pendingRecord(target),
      attempts: message.attempt,
      chain: next.chain,
      dueAt,
      history,
      unsentBy: sent ? undefined : message.chain,
    };
    const written = await turn.retryWrite(() => this.ports.deliveries.settle(record, message.attempt));
    if (!sent) return 'returned';
    return written.written ? 'retried' : turn.refused(written.stored);
  }

  /**
   * Updates the endpoint's circuit after an attempt, in parallel with recording it. Requests that our own policy blocks
   * are ignored. Successes of subscriptions are handled by `SuccessRecorder`.
   */
  private async updateCircuit(result: AttemptResult, begunAt: number): Promise<void> {
    const { message, target } = this;
    if (result.kind === 'forbidden') return;
    if (isTransportFailure(result)) await this.batch.circuits.recordFailure(message, target, begunAt);
    else if (!isSuccess(result) || target.kind === 'origin') await this.batch.circuits.recordAnswer(message, target);
  }
}

/** The message for the next attempt. Its place in the rate-limit line is not carried over. */
function nextAttempt({ inLine: _turn, ...message }: DeliveryMessage): DeliveryMessage {
  return { ...message, attempt: message.attempt + 1 };
}

/** The row of an origin that has never been written: its circuit is closed. */
function unwrittenOrigin({ tenantId, subscriptionId }: DeliveryMessage): Target | undefined {
  return isUrlTarget(subscriptionId) ? { kind: 'origin', tenantId, id: subscriptionId } : undefined;
}

function urlOf(target: Target | undefined): string | undefined {
  return target?.kind === 'subscription' ? target.destination.url : undefined;
}

function identityOf(message: DeliveryMessage, target: Target | undefined) {
  const { tenantId, subscriptionId, deliveryId, eventId, eventType, replayId, replayOf } = message;
  const url = message.url ?? urlOf(target);
  return { tenantId, subscriptionId, deliveryId, eventId, eventType, url, replayId, replayOf };
}
