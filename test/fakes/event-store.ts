import type { EventId, TenantId } from '../../lambda/core/shared/identifiers';
import { Faults } from './faults';
import type { AcceptedEvent, AcceptedEvents, Claim, EventStore } from '../../lambda/core/events/event-store';
import type { Clock } from '../../lambda/core/shared/clock';

export class InMemoryEventStore implements EventStore, AcceptedEvents {
  readonly faults = new Faults();
  private readonly events = new Map<string, { readonly event: AcceptedEvent; readonly expiresAt: number }>();

  constructor(private readonly clock: Clock) {}

  claim(event: AcceptedEvent, expiresAt: number): Promise<Claim> {
    return Promise.resolve().then(() => {
      this.faults.check();
      const kept = this.kept(event.tenantId, event.eventId);
      if (kept === undefined) {
        this.events.set(`${event.tenantId}#${event.eventId}`, { event, expiresAt });
        return { fresh: true };
      }
      const { payload: _payload, ...stored } = kept;
      return { fresh: false, stored };
    });
  }

  async payload(tenantId: TenantId, eventId: EventId): Promise<string | undefined> {
    return (await this.event(tenantId, eventId))?.payload;
  }

  event(tenantId: TenantId, eventId: EventId): Promise<AcceptedEvent | undefined> {
    return Promise.resolve().then(() => {
      this.faults.check();
      return this.kept(tenantId, eventId);
    });
  }

  private kept(tenantId: TenantId, eventId: EventId): AcceptedEvent | undefined {
    const entry = this.events.get(`${tenantId}#${eventId}`);
    return entry !== undefined && entry.expiresAt > Math.floor(this.clock.now() / 1000) ? entry.event : undefined;
  }
}
