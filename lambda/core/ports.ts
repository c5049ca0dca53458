/** What the core asks of the world. Adapters implement these on AWS; the simulator and the unit tests implement them in memory, held to the same contract tests. */
import type { DeliveryMessage, DeliveryRecord } from './delivery';
import type { WebhookEvent } from './event';
import type { DeliveryId, EventId, SubscriptionId, TenantId } from './identifiers';
import type { KeyRing } from './key-ring';
import type { Route, Subscription } from './subscription';

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface Chance {
  /** Cryptographically random bytes. */
  bytes(count: number): Uint8Array;
}

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

export interface SubscriptionReader {
  /** All of them at once, read strongly, in the order of the keys; a deleted one is undefined (rule 3). @throws PortUnavailable */
  read(keys: readonly SubscriptionKey[]): Promise<readonly (Subscription | undefined)[]>;
}

export interface SubscriptionWriter {
  /** Puts the subscription and its routes in one transaction. @throws PortUnavailable */
  create(subscription: Subscription): Promise<void>;
}

export interface OutgoingDelivery {
  readonly message: DeliveryMessage;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

/** `refused`: known not to be in the queue. `unanswered`: may be there. */
export type SendResult = 'sent' | 'refused' | 'unanswered';

export interface DeliveryQueue {
  /** One result a delivery, in order; never throws for what the queue did, and never repeats a send by itself (rule 4). */
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
   * Writes a terminal record (rule 5): over an absent one, or over a pending one that has fewer attempts than `attempt`; a delivered one over any pending
   * one. Its history is added to what is there. True also when this very record is there already, from a try whose answer was lost.
   *
   * @param attempt the number that the message asked for @throws PortUnavailable
   */
  settle(record: DeliveryRecord, attempt: number): Promise<boolean>;
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
