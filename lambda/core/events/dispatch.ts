import { EventRejected } from '../shared/errors';
import { type Log, type LogFields, logReturned } from '../shared/log';
import { sendWithRetries } from '../delivery/send-with-retries';
import { type EventRules, parseEvent, type WebhookEvent } from './event';
import { deliveryId, type SubscriptionId, urlTarget } from '../shared/identifiers';
import { newChain } from '../delivery/retry-queue';
import { UNCHECKED_MS } from '../delivery/check';
import type { AcceptedEvent, Claim, EventStore } from './event-store';
import type { RandomSource } from '../shared/random';
import type { Clock } from '../shared/clock';
import type { DeliveryQueues, OutgoingDelivery } from '../delivery/delivery-queues';
import type { RejectedEvents } from './rejected-events';
import type { RouteReader } from './route-reader';
import type { SubscriptionRoute } from '../subscriptions/subscription';
import type { DeliveryMessage } from '../delivery/delivery-message';

export interface DispatchPorts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly events: EventStore;
  readonly routes: RouteReader;
  readonly deliveries: DeliveryQueues;
  readonly rejected: RejectedEvents;
  readonly log: Log;
}

export interface DispatchSettings extends EventRules {
  /** T of the protocol, in milliseconds: no attempt lasts longer than the function that makes it. */
  readonly deliverTimeoutMs: number;
  readonly eventTtlSeconds: number;
}

export interface QueuedEvent {
  readonly messageId: string;
  readonly body: string;
}

export interface DispatchReport {
  readonly accepted: number;
  readonly repeated: number;
  readonly rejected: number;
  readonly fannedOut: number;
  /** Ids of messages that go back to the queue, for something was refused. */
  readonly returned: readonly string[];
}

/**
 * A subscription may be this much younger than a stored event and still match it when the fan-out is repeated:
 * functions' clocks differ.
 */
const CLOCK_SLACK_MS = 5_000;
/** Never throws for one message's sake: what could not be done is in `returned`, the rest of the batch is done. */
export async function dispatch(
  batch: readonly QueuedEvent[],
  settings: DispatchSettings,
  ports: DispatchPorts,
): Promise<DispatchReport> {
  return new DispatchBatch(settings, ports).run(batch);
}

type Outcome =
  { kind: 'rejected' } | { kind: 'returned' } | { kind: 'accepted' | 'repeated'; deliveries: OutgoingDelivery[] };

class DispatchBatch {
  /** One read of the routes serves all events of a tenant and type in the batch. */
  private readonly routes = new Map<string, Promise<readonly SubscriptionRoute[]>>();

  constructor(
    private readonly settings: DispatchSettings,
    private readonly ports: DispatchPorts,
  ) {}

  async run(batch: readonly QueuedEvent[]): Promise<DispatchReport> {
    const outcomes = await Promise.all(batch.map((queued) => this.accept(queued)));
    const sent = await this.send(outcomes.flatMap((outcome) => ('deliveries' in outcome ? outcome.deliveries : [])));
    const report = { accepted: 0, repeated: 0, rejected: 0, fannedOut: 0, returned: [] as string[] };
    outcomes.forEach((outcome, index) => {
      const { messageId } = batch[index]!;
      if (outcome.kind === 'returned') report.returned.push(messageId);
      else if (outcome.kind === 'rejected') report.rejected += 1;
      else if (outcome.deliveries.every((delivery) => sent.has(delivery))) {
        report[outcome.kind] += 1;
        report.fannedOut += outcome.deliveries.length;
      } else report.returned.push(messageId);
    });
    return report;
  }

  private async accept(queued: QueuedEvent): Promise<Outcome> {
    try {
      const event = parseEvent(queued.body, this.settings);
      return await this.claimAndRoute(event);
    } catch (error) {
      if (error instanceof EventRejected) return this.reject(queued, error);
      return this.returnToQueue(queued, error);
    }
  }

  private async claimAndRoute(event: WebhookEvent): Promise<Outcome> {
    const { clock, events } = this.ports;
    const accepted: AcceptedEvent = { ...event, arrivedAt: clock.now() };
    const claim = await events.claim(accepted, Math.ceil(accepted.arrivedAt / 1000) + this.settings.eventTtlSeconds);
    if (claim.fresh) return { kind: 'accepted', deliveries: await this.fanOut(accepted, 0) };
    return { kind: 'repeated', deliveries: await this.fanOutAgain(claim) };
  }

  /**
   * A redelivery, a producer's copy or a redrive: the same deliveries from the stored event, late enough that a first
   * attempt in flight is on record.
   */
  private async fanOutAgain({ stored }: Extract<Claim, { fresh: false }>): Promise<OutgoingDelivery[]> {
    return this.fanOut(
      stored,
      Math.ceil((UNCHECKED_MS + this.settings.deliverTimeoutMs) / 1000),
      (route) => route.createdAt <= stored.arrivedAt + CLOCK_SLACK_MS,
    );
  }

  private async fanOut(
    event: Omit<AcceptedEvent, 'payload'> & { payload?: string },
    delaySeconds: number,
    matches: (route: SubscriptionRoute) => boolean = () => true,
  ): Promise<OutgoingDelivery[]> {
    const queue = { kind: 'delivery' } as const;
    if (event.webhookUrl !== undefined)
      return [
        { message: this.firstMessage(event, urlTarget(event.webhookUrl), event.webhookUrl), queue, delaySeconds },
      ];
    const routes = await this.routesOf(event);
    return routes
      .filter(matches)
      .map(({ subscriptionId }) => ({ message: this.firstMessage(event, subscriptionId), queue, delaySeconds }));
  }

  /** @param url where the event names its own */
  private firstMessage(
    event: Omit<AcceptedEvent, 'payload'> & { payload?: string },
    subscriptionId: SubscriptionId,
    url?: string,
  ): DeliveryMessage {
    const { tenantId, eventId, eventType, arrivedAt, payload } = event;
    return {
      deliveryId: deliveryId({ time: arrivedAt, tenantId, eventId, target: url ?? subscriptionId }),
      tenantId,
      subscriptionId,
      eventId,
      eventType,
      attempt: 1,
      chain: newChain(this.ports.random),
      arrivedAt,
      url,
      payload,
    };
  }

  private routesOf({
    tenantId,
    eventType,
  }: Pick<AcceptedEvent, 'tenantId' | 'eventType'>): Promise<readonly SubscriptionRoute[]> {
    const key = `${tenantId}#${eventType}`;
    const known = this.routes.get(key) ?? this.ports.routes.matching(tenantId, eventType);
    this.routes.set(key, known);
    return known;
  }

  /**
   * @returns those that are in the queue. A send without an answer counts as refused: the check drops its copy.
   */
  private async send(deliveries: readonly OutgoingDelivery[]): Promise<ReadonlySet<OutgoingDelivery>> {
    const { clock, deliveries: queues } = this.ports;
    const results = await sendWithRetries(deliveries, (left) => queues.send(left), clock);
    return new Set(deliveries.filter((_delivery, index) => results[index] === 'sent'));
  }

  private async reject(queued: QueuedEvent, fault: EventRejected): Promise<Outcome> {
    const { field, reason } = fault;
    try {
      await this.ports.rejected.deadLetter({ body: queued.body, field, reason });
    } catch (error) {
      return this.returnToQueue(queued, error);
    }
    this.ports.log.warn('event rejected', {
      message_id: queued.messageId,
      ...eventNames(queued.body),
      field,
      reason: fault.message,
      reason_code: reason.code,
    });
    return { kind: 'rejected' };
  }

  private returnToQueue({ messageId, body }: QueuedEvent, error: unknown): Outcome {
    logReturned(this.ports.log, 'event', error, { message_id: messageId, ...eventNames(body) });
    return { kind: 'returned' };
  }
}

const NAME_MAX_CHARACTERS = 128;

/** Tenant and id of a message that does not fit the contract, as far as it has them. */
function eventNames(body: string): LogFields {
  try {
    const { tenant_id: tenant, event_id: event } = Object(JSON.parse(body)) as Readonly<Record<string, unknown>>;
    return {
      ...(typeof tenant === 'string' && { tenant_id: tenant.slice(0, NAME_MAX_CHARACTERS) }),
      ...(typeof event === 'string' && { event_id: event.slice(0, NAME_MAX_CHARACTERS) }),
    };
  } catch {
    return {}; // not JSON
  }
}
