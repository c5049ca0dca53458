/** Producers: the events that they send, and their copies. */
import type { EventId, TenantId } from '../../lambda/core/shared/identifiers';
import { EVENT_TYPES } from './functions';
import type { Context } from './context';
import type { SimulatedQueue } from './queues';

/** A message that carries more than this is sent by reference. */
const LARGE_PAYLOAD_CHARACTERS = 17_000;

export class Producers {
  private copies = 0;

  constructor(
    private readonly context: Context,
    private readonly queue: SimulatedQueue,
  ) {}

  /** Sends an event now. Tenants' ids may be the same: they are other events. */
  send(tenantId: TenantId, eventId: EventId): void {
    const { ledger, random } = this.context;
    const key = `${tenantId}#${eventId}`;
    if (!ledger.events.has(key))
      ledger.events.set(key, {
        name: ledger.eventName(tenantId, eventId),
        tenantId,
        eventId,
        at: this.context.timeline.now,
      });
    this.copies += 1;
    const payload = random.chance(0.05)
      ? `${this.copies}${'x'.repeat(LARGE_PAYLOAD_CHARACTERS)}`
      : { text: `copy ${this.copies}` };
    const webhookUrl = random.chance(0.15)
      ? `https://own${random.below(2)}.receivers.example.com/${random.pick(['a', 'b'])}`
      : undefined;
    this.queue.push(
      JSON.stringify({
        tenant_id: tenantId,
        event_id: eventId,
        event_type: random.pick(EVENT_TYPES),
        webhook_url: webhookUrl,
        payload,
      }),
      0,
    );
  }
}
