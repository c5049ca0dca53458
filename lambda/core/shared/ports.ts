/**
 * What the core asks of the world. Adapters implement these on AWS; the simulator and the unit tests implement them in
 * memory, held to the same contract tests.
 */
import type { Circuit, Suspicion } from '../endpoint/circuit';
import type { DeliveryMessage, DeliveryRecord, DeliveryStatus } from '../delivery/delivery';
import type { UnreadableItem } from './errors';
import type { WebhookEvent } from '../events/event';
import type { FigureUpdate, HourFigures } from '../history/figures';
import type { DeliveryId, EventId, SubscriptionId, TenantId } from './identifiers';
import type { KeyRing } from '../signing/key-ring';
import type { OperationalEvent } from '../delivery/operational-event';
import type { ReceivedEvent } from '../receiving/received-event';
import type { RateLimit } from '../endpoint/rate-limit';
import type { RecoveryJob, RecoveryStep } from '../replay/recovery-job';
import type { QueueName } from '../delivery/route';
import type {
  Account,
  PreviousSecret,
  Route,
  SealedHeaders,
  Subscription,
  UrlTarget,
} from '../subscriptions/subscription';

export type { Chance } from './chance';
export type { Clock } from './clock';

/** An event as it was accepted: what is sent later is this, whatever a copy of its message says. */
export interface AcceptedEvent extends WebhookEvent {
  /** Epoch milliseconds at which dispatch first stored it. */
  readonly arrivedAt: number;
}

export type Claim =
  { readonly fresh: true } | { readonly fresh: false; readonly stored: Omit<AcceptedEvent, 'payload'> };

export interface EventStore {
  /**
   * Puts the event if none of its tenant and id is kept (rule 1).
   *
   * @param expiresAt epoch seconds; a claim past its time counts as absent
   * @throws PortUnavailable
   */
  claim(event: AcceptedEvent, expiresAt: number): Promise<Claim>;
  /**
   * The stored payload, read strongly; nothing once it has expired.
   *
   * @throws PortUnavailable
   */
  payload(tenantId: TenantId, eventId: EventId): Promise<string | undefined>;
}

export interface RouteReader {
  /**
   * The routes of one event type, read strongly; disabled subscriptions' too (rule 2).
   *
   * @throws PortUnavailable
   */
  matching(tenantId: TenantId, eventType: string): Promise<readonly Route[]>;
}

export interface SubscriptionKey {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
}

/** What deliver reads of where its batch goes. */
export interface Targets {
  /**
   * One a key, in order; a deleted subscription is undefined, and so is the row of a URL's origin that has never been
   * written. An item that cannot be read is its error, so that it holds up nothing else of the batch.
   */
  readonly subscriptions: readonly (Subscription | UrlTarget | UnreadableItem | undefined)[];
  /** What is kept of the tenants that were asked for, of those that have anything. */
  readonly accounts: ReadonlyMap<TenantId, Account>;
}

export interface SubscriptionReader {
  /**
   * All at once, read strongly (rule 3).
   *
   * @throws PortUnavailable
   */
  read(keys: readonly SubscriptionKey[], accounts?: readonly TenantId[]): Promise<Targets>;
}

/** What a tenant may have at the moment of a write, held by the write itself: two at once do not pass a limit. */
export interface CreationLimit {
  /** The plan by which the limit was found; absent: none on record. */
  readonly plan?: string;
  readonly maxSubscriptions?: number;
}

export interface SubscriptionWriter {
  /**
   * Puts the subscription and its routes, and counts it, in one transaction.
   *
   * @returns `limit` when the tenant has as many already, `plan-changed` when its plan is not the one that the limit
   *   was found by
   * @throws PortUnavailable
   */
  create(subscription: Subscription, limit?: CreationLimit): Promise<'created' | 'limit' | 'plan-changed'>;
}

/** What an owner changes; what is absent stays, null takes away. */
export interface SubscriptionChange {
  readonly url?: string;
  readonly eventTypes?: readonly string[];
  readonly description?: string | null;
  /** True: a new epoch, nothing of the old one's counts and reasons is left. False: disabled by its owner. */
  readonly enabled?: boolean;
  readonly headers?: SealedHeaders | null;
  /** Attempts a second. A limit that changes begins anew, with nobody in line. */
  readonly rateLimit?: number | null;
  readonly secret?: { readonly sealed: string; readonly previous?: PreviousSecret };
  /** Epoch milliseconds; later than what it was updated at before. */
  readonly updatedAt: number;
}

export interface SubscriptionPage {
  /** Newest first. An item that cannot be read is left out. */
  readonly subscriptions: readonly Subscription[];
  /** The last one examined, where there may be more. */
  readonly after?: SubscriptionId;
}

/** A tenant's subscriptions, for their owner. */
export interface SubscriptionDirectory extends SubscriptionWriter {
  /**
   * Newest first, read strongly.
   *
   * @param limit of items examined
   * @throws PortUnavailable
   */
  list(tenantId: TenantId, limit: number, after?: SubscriptionId): Promise<SubscriptionPage>;
  /**
   * Changes attribute by attribute, and the routes with the events, in one transaction; false when it is not as it was
   * seen (by `updatedAt` and epoch).
   *
   * @throws PortUnavailable
   */
  update(seen: Subscription, change: SubscriptionChange): Promise<boolean>;
  /**
   * Removes it and its routes, and counts it no more; false when it is not as it was seen, or gone.
   *
   * @throws PortUnavailable
   */
  remove(seen: Subscription): Promise<boolean>;
}

/** What is kept of tenants themselves. */
export interface AccountStore extends AccountSecrets {
  /**
   * Read strongly; an empty account when nothing is kept.
   *
   * @throws PortUnavailable
   */
  account(tenantId: TenantId): Promise<Account>;
  /**
   * False when the secret is not the one that was seen.
   *
   * @param seen absent: there was none
   * @throws PortUnavailable
   */
  replaceSecret(
    tenantId: TenantId,
    seen: string | undefined,
    secret: { readonly sealed: string; readonly previous?: PreviousSecret },
  ): Promise<boolean>;
  /** @throws PortUnavailable */
  setPlan(tenantId: TenantId, plan: string): Promise<void>;
}

/**
 * Whether something may be done once more within a window of time, counted where all functions see it. Windows begin at
 * whole multiples of their length since 1970.
 */
export interface RateLimits {
  /**
   * Takes one of `limit` in the current window of `windowSeconds`; false when they are used up.
   *
   * @param name of what is limited, such as `test#tenant`
   * @throws PortUnavailable
   */
  take(name: string, limit: number, windowSeconds: number): Promise<boolean>;
}

/** One line of the log and one set of figures for every request. Never headers, bodies or query strings. */
export interface RequestLog {
  record(line: RequestLine): void;
}

export interface RequestLine {
  readonly requestId: string;
  readonly method: string;
  /** The operation's path with its parameters' names; absent: no operation's. */
  readonly route?: string;
  readonly status: number;
  readonly latencyMs: number;
  /** What kind of principal, once it is known. */
  readonly actor?: string;
  /** Once the principal may use it. */
  readonly tenant?: string;
}

/** One line for every change: who did what, to whom. Never a secret. */
export interface AuditTrail {
  record(entry: AuditEntry): void;
}

export interface AuditEntry {
  /** `subscription.created`, `plan.changed`. */
  readonly action: string;
  /** Such as `operator`, `portal:k1:user_1`. */
  readonly actor: string;
  readonly tenantId?: TenantId;
  /** Ids of what was changed. */
  readonly resource?: string;
}

export interface EventPublisher {
  /** Puts whole event messages on the event queue. One result a message, in order; `unanswered` ones may be there. */
  publish(tenantId: TenantId, messages: readonly string[]): Promise<readonly SendResult[]>;
}

export interface OutgoingDelivery {
  readonly message: DeliveryMessage;
  readonly queue: QueueName;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

/** `refused`: known not to be in the queue. `unanswered`: may be there. */
export type SendResult = 'sent' | 'refused' | 'unanswered';

export interface DeliveryQueues {
  /**
   * One result a delivery, in order; never throws for what a queue did, and never repeats a send by itself (rule 4).
   */
  send(deliveries: readonly OutgoingDelivery[]): Promise<readonly SendResult[]>;
}

export interface RejectedEvent {
  readonly body: string;
  readonly field: string;
  readonly reason: string;
}

export interface RejectedEvents {
  /**
   * Puts the message into the event queue's dead-letter queue with its reason.
   *
   * @throws PortUnavailable
   */
  bury(rejected: RejectedEvent): Promise<void>;
}

export interface DeliveryKey {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
  readonly deliveryId: DeliveryId;
}

/** What became of a conditional write: refused, it tells what stands there instead. */
export type Written = { readonly written: true } | { readonly written: false; readonly stored: DeliveryRecord };

export interface DeliveryLog {
  /**
   * Read strongly.
   *
   * @throws PortUnavailable
   */
  read(key: DeliveryKey): Promise<DeliveryRecord | undefined>;
  /**
   * Puts a pending record if there is none at all; false when there is one (rule 3).
   *
   * @throws PortUnavailable
   */
  take(record: DeliveryRecord): Promise<boolean>;
  /**
   * Successes of first attempts, written over whatever is there. Returns those that were not taken, for the caller to
   * try again (rule 5). At most {@link PUT_GROUP} records.
   *
   * @throws PortUnavailable when none was taken
   */
  putDelivered(records: readonly DeliveryRecord[]): Promise<readonly DeliveryRecord[]>;
  /**
   * Writes what an attempt came to (rule 5): over an absent record, or over a pending one that has fewer attempts than
   * `attempt`; a delivered one over any pending one; never over a terminal one. Its history is added to what is there.
   * Written also when this very record is there already, from a try whose answer was lost.
   *
   * @param attempt the number that the message asked for
   * @throws PortUnavailable
   */
  settle(record: DeliveryRecord, attempt: number): Promise<Written>;
  /**
   * The re-enqueue that a record owed is sent: clears `owed`, if the record is still that one.
   *
   * @throws PortUnavailable
   */
  clearOwed(record: DeliveryRecord): Promise<void>;
  /**
   * What follows from a failure is done.
   *
   * @throws PortUnavailable
   */
  markNotified(key: DeliveryKey): Promise<void>;
}

/** What counting came to: all records and the count, or nothing. */
export type Counted =
  | { readonly counted: true }
  /** Records that stand otherwise, by index; and whether the subscription is gone, disabled or of another epoch. */
  | { readonly counted: false; readonly refused: ReadonlyMap<number, DeliveryRecord>; readonly outdated: boolean };

/** Failures in a row, on the subscription's item alone (rule 6). */
export interface FailureCounter {
  /**
   * In one transaction: the failed records, each as {@link DeliveryLog.settle} would write it, and count + their
   * number, if the subscription is enabled and of that epoch. At most {@link COUNT_GROUP} records of one subscription.
   *
   * @throws PortUnavailable
   */
  count(
    key: SubscriptionKey,
    epoch: number,
    failures: readonly { readonly record: DeliveryRecord; readonly attempt: number }[],
  ): Promise<Counted>;
  /**
   * A success: forgiven = count, if the subscription is there and of that epoch.
   *
   * @throws PortUnavailable
   */
  forgive(key: SubscriptionKey, epoch: number): Promise<void>;
  /**
   * Disables, if the subscription is enabled and of the epoch, count and (unless `whatever`) forgiven that were seen;
   * false when not.
   *
   * @throws PortUnavailable
   */
  disable(seen: Subscription, reason: string, at: number, whatever: boolean): Promise<boolean>;
  /**
   * The operational event about the disabling is out.
   *
   * @throws PortUnavailable
   */
  markAnnounced(seen: Subscription): Promise<void>;
}

/** TransactWriteItems takes 100 actions (AWS); the rest is room. */
export const COUNT_GROUP = 90;

/**
 * The circuit's state, on the subscription's item or on the row of a URL's origin. Each change is conditional, and lost
 * when another came first.
 */
export interface CircuitStore {
  /**
   * Counts transport failures of an endpoint whose circuit is closed, from the first on for OPENING_WINDOW_MS of
   * circuit.ts, then anew.
   *
   * @param seen as it was last read: a hint
   * @param now epoch milliseconds
   * @returns how many they are now; 0 where the circuit is open, or its subscription gone
   * @throws PortUnavailable
   */
  suspect(key: SubscriptionKey, seen: Suspicion | undefined, failures: number, now: number): Promise<number>;
  /**
   * @returns false when it was open already, or its subscription is gone
   * @throws PortUnavailable
   */
  open(key: SubscriptionKey, circuit: Circuit): Promise<boolean>;
  /**
   * Makes the next probe this caller's alone; false when another has it.
   *
   * @throws PortUnavailable
   */
  claimProbe(key: SubscriptionKey, seen: Circuit, nextProbeAt: number): Promise<boolean>;
  /**
   * And forgets suspicions.
   *
   * @throws PortUnavailable
   */
  close(key: SubscriptionKey): Promise<void>;
}

/** How a mark of a rate limit is to move. All in microseconds, times since 1970. */
export interface RateAdvance {
  readonly mark: 'spentUntil' | 'lineUntil';
  /** The limit, and where its marks were last seen: a hint, which may be old. */
  readonly seen: RateLimit;
  /** From there on, where the mark is earlier or there is none. */
  readonly notBefore: number;
  readonly by: number;
  /** It moves no further than this. */
  readonly notAfter: number;
}

export type RateAdvanced =
  | { readonly advanced: true; /** Where it stood, or `notBefore`. */ readonly from: number }
  /**
   * It would go too far, or another has moved it; as it stands. Absent: there is no limit any more, or no subscription.
   */
  | { readonly advanced: false; readonly stored?: RateLimit };

/** The marks of subscriptions' rate limits, on their items. */
export interface DeliveryRates {
  /**
   * Moves a mark at once, or not at all, as long as the limit is the one that was seen.
   *
   * @throws PortUnavailable
   */
  advance(key: SubscriptionKey, advance: RateAdvance): Promise<RateAdvanced>;
}

/** The tenants' own secrets, sealed, for events that name their URL. */
export interface AccountSecrets {
  /**
   * Puts the secret if the tenant has none; returns what the tenant then has.
   *
   * @throws PortUnavailable
   */
  ensure(tenantId: TenantId, sealed: string): Promise<string>;
}

export interface OperationalEvents {
  /** @throws PortUnavailable */
  emit(events: readonly OperationalEvent[]): Promise<void>;
}

/** BatchWriteItem takes 25 put requests (AWS, "BatchWriteItem"). */
export const PUT_GROUP = 25;

export interface KeyRings {
  /**
   * The ring in use; with `holding`, one that holds the key of that sealed text, read again if need be.
   *
   * @throws PortUnavailable, KeyRingError
   */
  ring(holding?: string): Promise<KeyRing>;
}

/** What operators read. Values never hold a secret or a payload. */
export interface Log {
  warn(message: string, fields: Readonly<Record<string, string | number | boolean>>): void;
  error(message: string, fields: Readonly<Record<string, string | number | boolean>>): void;
}

/** The stored event as a whole, for those who look at it. */
export interface AcceptedEvents {
  /**
   * Read strongly; nothing once it has expired.
   *
   * @throws PortUnavailable, UnreadableItem
   */
  event(tenantId: TenantId, eventId: EventId): Promise<AcceptedEvent | undefined>;
}

/** Replays, as the record of the original delivery knows them (rule 8). */
export interface ReplayMarks {
  /**
   * Notes on the original's record that a replay of it is made, whatever its status; once, however often it is called.
   *
   * @param most how many replays a record may have
   * @returns `gone` when there is no such record any more, `full` when it has as many already
   * @throws PortUnavailable
   */
  markReplay(original: DeliveryKey, replay: DeliveryId, most: number): Promise<'marked' | 'full' | 'gone'>;
}

/** One of the {@link LOG_SHARDS} partitions that a target's deliveries lie in (rule 10). */
export interface LogShard extends SubscriptionKey {
  readonly shard: number;
}

/** Items of one shard, in order. */
export interface LogSlice<T> {
  readonly entries: readonly T[];
  /** Whether there may be more after the last entry; where there are no entries, there are not. */
  readonly more: boolean;
}

/** An item that was examined. */
export interface LogEntry {
  readonly deliveryId: DeliveryId;
  /** Absent: past its time, or it cannot be read. */
  readonly record?: DeliveryRecord;
}

/** What the index of failed and cancelled deliveries says of one; it may be a moment behind the log. */
export interface FailureEntry {
  readonly deliveryId: DeliveryId;
  readonly status: DeliveryStatus;
  readonly eventType: string;
  /** Of a replay: its original. */
  readonly replayOf?: DeliveryId;
}

/** The delivery log as people read it, and as a recovery goes through it. */
export interface DeliveryHistory {
  /**
   * Of one shard, newest first, read strongly.
   *
   * @param before exclusive
   * @throws PortUnavailable
   */
  newest(shard: LogShard, limit: number, before?: DeliveryId): Promise<LogSlice<LogEntry>>;
  /**
   * Failed and cancelled ones of one shard, newest first, by the index.
   *
   * @param before exclusive
   * @throws PortUnavailable
   */
  newestFailures(shard: LogShard, limit: number, before?: DeliveryId): Promise<LogSlice<FailureEntry>>;
  /**
   * Failed and cancelled ones of one shard whose ids' times lie in a range, oldest first, by the index.
   *
   * @throws PortUnavailable
   */
  failuresBetween(shard: LogShard, range: FailureRange, limit: number): Promise<LogSlice<FailureEntry>>;
  /**
   * Those that are there and within their time, read strongly; of one that cannot be read, its error.
   *
   * @throws PortUnavailable
   */
  records(keys: readonly DeliveryKey[]): Promise<ReadonlyMap<DeliveryId, DeliveryRecord | UnreadableItem>>;
}

export interface FailureRange {
  /** Epoch milliseconds, both inclusive. */
  readonly since: number;
  readonly until: number;
  /** Exclusive: where the last slice ended. */
  readonly after?: DeliveryId;
}

/** The current or last recovery of each subscription. */
export interface RecoveryJobs {
  /**
   * Read strongly.
   *
   * @throws PortUnavailable, UnreadableItem
   */
  read(key: SubscriptionKey): Promise<RecoveryJob | undefined>;
  /**
   * Puts a job if what stands there is still what was seen; false when not.
   *
   * @param seen absent: there was none
   * @throws PortUnavailable
   */
  start(job: RecoveryJob, seen: RecoveryJob | undefined): Promise<boolean>;
  /**
   * Moves a running job on; false when it has moved, or ended, or another has taken its place. True also when this very
   * write is there already, from a try whose answer was lost.
   *
   * @param by names this write: random
   * @throws PortUnavailable
   */
  advance(seen: RecoveryJob, to: RecoveryJob, by: string): Promise<boolean>;
  /**
   * Takes back a job whose first page is not done; false when it is, and the job goes on.
   *
   * @throws PortUnavailable
   */
  remove(job: RecoveryJob): Promise<boolean>;
}

/** The queue of the recovery function: one message is one page. */
export interface RecoveryQueue {
  /**
   * Never throws for what the queue did, and never repeats a send by itself.
   *
   * @param delaySeconds 0 to 900
   */
  send(step: RecoveryStep, delaySeconds: number): Promise<SendResult>;
}

/** Figures of deliveries that came to their end; approximate, and never read for a decision (rule 10). */
export interface FigureStore {
  /** @throws PortUnavailable */
  apply(update: FigureUpdate): Promise<void>;
}

export interface Figures {
  /**
   * Hours in which something came to its end, oldest first.
   *
   * @param target absent: of the tenant as a whole
   * @param from
   * @param to epoch milliseconds, the hours that hold them included
   * @throws PortUnavailable
   */
  hourly(
    tenantId: TenantId,
    target: SubscriptionId | undefined,
    from: number,
    to: number,
  ): Promise<readonly HourFigures[]>;
  /**
   * When the last attempt was made of deliveries that came to their end, epoch milliseconds, of the subscriptions whose
   * ids lie between two, both inclusive.
   *
   * @throws PortUnavailable
   */
  lastTriggered(
    tenantId: TenantId,
    from: SubscriptionId,
    to: SubscriptionId,
  ): Promise<ReadonlyMap<SubscriptionId, number>>;
  /**
   * Origins that the tenant's events named themselves, in the order of their targets.
   *
   * @param limit of items examined
   * @param after exclusive
   * @throws PortUnavailable
   */
  origins(tenantId: TenantId, limit: number, after?: SubscriptionId): Promise<OriginPage>;
}

export interface OriginPage {
  readonly origins: readonly Origin[];
  /** The last one examined, where there may be more. */
  readonly after?: SubscriptionId;
}

export interface Origin {
  /** Its row in the log: see urlTarget. */
  readonly target: SubscriptionId;
  /** Scheme, host and port; never a path, which may be a secret. */
  readonly origin: string;
  /** Epoch milliseconds of the last attempt that is known. */
  readonly lastTriggeredAt: number;
}

/** An event of a receiver's source. */
export interface ReceptionKey {
  readonly source: string;
  /** As {@link ReceivedEvent} has it. */
  readonly identity: string;
}

/** `received`: marked. `taken`: by another invocation, until the time given, epoch milliseconds. */
export type Lease =
  { readonly state: 'leased' } | { readonly state: 'received' } | { readonly state: 'taken'; readonly until: number };

/** Which events a receiver has taken. */
export interface Receptions {
  /**
   * Makes the event this owner's until a time, unless it is received or another's. What is past its time counts as
   * absent.
   *
   * @param owner random; who holds the lease already holds it again
   * @param now
   * @param until epoch milliseconds
   * @throws PortUnavailable
   */
  lease(key: ReceptionKey, owner: string, now: number, until: number): Promise<Lease>;
  /**
   * Received, and known as such until a time, epoch milliseconds; nothing, when the lease is another's by now.
   *
   * @throws PortUnavailable
   */
  mark(key: ReceptionKey, owner: string, until: number): Promise<void>;
  /**
   * Gives up the lease, if it is this owner's.
   *
   * @throws PortUnavailable
   */
  free(key: ReceptionKey, owner: string): Promise<void>;
}

/** Where a receiver's events go. */
export interface ReceivedEvents {
  /** Of one message, in bytes of UTF-8. */
  readonly maxBytes: number;
  /**
   * Returns once the target has it.
   *
   * @throws PortUnavailable: it may have it, or not
   */
  send(event: ReceivedEvent): Promise<void>;
}
