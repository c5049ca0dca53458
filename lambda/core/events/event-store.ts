import type { WebhookEvent } from './event';
import type { PayloadReader } from '../delivery/payload-reader';
import type { EventId, TenantId } from '../shared/identifiers';

/** An event as it was accepted: what is sent later is this, whatever a copy of its message says. */
export interface AcceptedEvent extends WebhookEvent {
  /** Epoch milliseconds at which dispatch first stored it. */
  readonly arrivedAt: number;
}

export type Claim =
  { readonly fresh: true } | { readonly fresh: false; readonly stored: Omit<AcceptedEvent, 'payload'> };

export interface EventStore extends PayloadReader {
  /**
   * Puts the event if none of its tenant and id is kept (rule 1).
   *
   * @param expiresAt epoch seconds; a claim past its time counts as absent
   * @throws PortUnavailable
   */
  claim(event: AcceptedEvent, expiresAt: number): Promise<Claim>;
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
