/** What the core asks of the world. Adapters implement these on AWS; the simulator and the unit tests implement them in memory, held to the same contract tests. */
import type { Circuit } from './circuit';
import type { DeliveryMessage, DeliveryRecord } from './delivery';
import type { UnreadableItem } from './errors';
import type { WebhookEvent } from './event';
import type { DeliveryId, EventId, SubscriptionId, TenantId } from './identifiers';
import type { KeyRing } from './key-ring';
import type { OperationalEvent } from './operational-event';
import type { QueueName } from './route';
import type { Route, Subscription, UrlTarget } from './subscription';

export type { Chance } from './chance';
export type { Clock } from './clock';

/** An event as it was accepted: what is sent later is this, whatever a copy of its message says. */
export interface AcceptedEvent extends WebhookEvent {
  /** Epoch milliseconds at which dispatch first stored it. */
  readonly arrivedAt: number;
}

export type Claim = { readonly fresh: true } | { readonly fresh: false; readonly stored: Omit<AcceptedEvent, 'payload'> };

export interface EventStore {
  /**
   * Puts the event if none of its tenant and id is kept (rule 1).
   *
   * @param expiresAt epoch seconds; a claim past its time counts as absent
   * @throws PortUnavailable
   */
  claim(event: AcceptedEvent, expiresAt: number): Promise<Claim>;
  /** The stored payload, read strongly; nothing once it has expired. @throws PortUnavailable */
  payload(tenantId: TenantId, eventId: EventId): Promise<string | undefined>;
}

export interface RouteReader {
  /** The routes of one event type, read strongly; disabled subscriptions' too (rule 2). @throws PortUnavailable */
  matching(tenantId: TenantId, eventType: string): Promise<readonly Route[]>;
}

export interface SubscriptionKey {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
}

/** What deliver reads of where its batch goes. */
export interface Targets {
  /**
   * One a key, in order; a deleted subscription is undefined, and so is the row of a URL's origin that has never been written. An item that cannot be read
   * is its error, so that it holds up nothing else of the batch.
   */
  readonly subscriptions: readonly (Subscription | UrlTarget | UnreadableItem | undefined)[];
  /** Sealed account secrets, by tenant, of those that were asked for and are there. */
  readonly accounts: ReadonlyMap<TenantId, string>;
}

export interface SubscriptionReader {
  /** All at once, read strongly (rule 3). @throws PortUnavailable */
  read(keys: readonly SubscriptionKey[], accounts?: readonly TenantId[]): Promise<Targets>;
}

export interface SubscriptionWriter {
  /** Puts the subscription and its routes in one transaction. @throws PortUnavailable */
  create(subscription: Subscription): Promise<void>;
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
  /** One result a delivery, in order; never throws for what a queue did, and never repeats a send by itself (rule 4). */
  send(deliveries: readonly OutgoingDelivery[]): Promise<readonly SendResult[]>;
}

export interface RejectedEvent {
  readonly body: string;
  readonly field: string;
  readonly reason: string;
}

export interface RejectedEvents {
  /** Puts the message into the event queue's dead-letter queue with its reason. @throws PortUnavailable */
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
  /** Read strongly. @throws PortUnavailable */
  read(key: DeliveryKey): Promise<DeliveryRecord | undefined>;
  /** Puts a pending record if there is none at all; false when there is one (rule 3). @throws PortUnavailable */
  take(record: DeliveryRecord): Promise<boolean>;
  /**
   * Successes of first attempts, written over whatever is there. Returns those that were not taken, for the caller to try again (rule 5).
   * At most {@link PUT_GROUP} records. @throws PortUnavailable when none was taken
   */
  putDelivered(records: readonly DeliveryRecord[]): Promise<readonly DeliveryRecord[]>;
  /**
   * Writes what an attempt came to (rule 5): over an absent record, or over a pending one that has fewer attempts than `attempt`; a delivered one over any
   * pending one; never over a terminal one. Its history is added to what is there. Written also when this very record is there already, from a try whose answer
   * was lost.
   *
   * @param attempt the number that the message asked for @throws PortUnavailable
   */
  settle(record: DeliveryRecord, attempt: number): Promise<Written>;
  /** The re-enqueue that a record owed is sent: clears `owed`, if the record is still that one. @throws PortUnavailable */
  clearOwed(record: DeliveryRecord): Promise<void>;
  /** What follows from a failure is done. @throws PortUnavailable */
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
   * In one transaction: the failed records, each as {@link DeliveryLog.settle} would write it, and count + their number, if the subscription is enabled and of that epoch. At
   * most {@link COUNT_GROUP} records of one subscription. @throws PortUnavailable
   */
  count(key: SubscriptionKey, epoch: number, failures: readonly { readonly record: DeliveryRecord; readonly attempt: number }[]): Promise<Counted>;
  /** A success: forgiven = count, if the subscription is there and of that epoch. @throws PortUnavailable */
  forgive(key: SubscriptionKey, epoch: number): Promise<void>;
  /** Disables, if the subscription is enabled and of the epoch, count and (unless `whatever`) forgiven that were seen; false when not. @throws PortUnavailable */
  disable(seen: Subscription, reason: string, at: number, whatever: boolean): Promise<boolean>;
  /** The operational event about the disabling is out. @throws PortUnavailable */
  markAnnounced(seen: Subscription): Promise<void>;
}

/** TransactWriteItems takes 100 actions (AWS); the rest is room. */
export const COUNT_GROUP = 90;

/** The circuit's state, on the subscription's item or on the row of a URL's origin. Each change is conditional, and lost when another came first. */
export interface CircuitStore {
  /** @throws PortUnavailable */
  open(key: SubscriptionKey, circuit: Circuit): Promise<void>;
  /** Makes the next probe this caller's alone; false when another has it. @throws PortUnavailable */
  claimProbe(key: SubscriptionKey, seen: Circuit, nextProbeAt: number): Promise<boolean>;
  /** @throws PortUnavailable */
  close(key: SubscriptionKey): Promise<void>;
}

/** The tenants' own secrets, sealed, for events that name their URL. */
export interface AccountSecrets {
  /** Puts the secret if the tenant has none; returns what the tenant then has. @throws PortUnavailable */
  ensure(tenantId: TenantId, sealed: string): Promise<string>;
}

export interface OperationalEvents {
  /** @throws PortUnavailable */
  emit(events: readonly OperationalEvent[]): Promise<void>;
}

/** BatchWriteItem takes 25 put requests (AWS, "BatchWriteItem"). */
export const PUT_GROUP = 25;

export interface KeyRings {
  /** The ring in use; with `holding`, one that holds the key of that sealed text, read again if need be. @throws PortUnavailable, KeyRingError */
  ring(holding?: string): Promise<KeyRing>;
}

/** What operators read. Values never hold a secret or a payload. */
export interface Log {
  warn(message: string, fields: Readonly<Record<string, string | number | boolean>>): void;
  error(message: string, fields: Readonly<Record<string, string | number | boolean>>): void;
}
