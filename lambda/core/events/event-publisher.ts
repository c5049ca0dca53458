import type { TenantId } from '../shared/identifiers';
import type { SendResult } from '../delivery/delivery-queues';

export interface EventPublisher {
  /** Puts whole event messages on the event queue. One result a message, in order; `unanswered` ones may be there. */
  publish(tenantId: TenantId, messages: readonly string[]): Promise<readonly SendResult[]>;
}
