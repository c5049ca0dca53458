import { type Model, number, optional, text } from '../shared/format';
import type { WebhookEvent } from './event';
import type { PayloadReader } from '../delivery/payload-reader';
import type { EventId, TenantId } from '../shared/identifiers';

/** How a claimed event is stored, but for its payload. */
export const eventFields = {
  eventType: text('ty'),
  /** Epoch milliseconds at which dispatch first stored it. */
  arrivedAt: number('at'),
  /** RFC 3339, as the producer wrote it. */
  occurredAt: optional(text('oc')),
  webhookUrl: optional(text('u')),
};

/** An event as it was accepted. Later attempts send this, whatever a copy of its message holds. */
export interface AcceptedEvent extends WebhookEvent, Model<typeof eventFields> {
  readonly eventType: string;
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
