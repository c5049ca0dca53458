/** Events that come by HTTP: checked as dispatch will check them, and accepted once the event queue has them. */
import { EventRejected, EventTooLarge, InputTooLarge, InvalidInput, PortUnavailable } from '../shared/errors';
import { reason } from '../shared/reason';
import { type EventRules, parseEvent } from './event';
import type { EventId, TenantId } from '../shared/identifiers';
import { isJsonObject, parseLosslessly } from './payload';
import type { EventPublisher } from './event-publisher';

export const EVENTS_MAX = 100;

/**
 * Puts one event, or `{"events": [...]}`, on the event queue; all or, where one does not fit the contract, none.
 *
 * @param body JSON text; `tenant_id` may be left out of its events and must else be the path's
 * @returns the events' ids, in order
 * @throws InvalidInput naming the field; InputTooLarge for an event over the contract's size
 * @throws PortUnavailable when the queue did not take all: send the same again, what it has is known by its event_id
 */
export async function publishEvents(
  body: string,
  tenantId: TenantId,
  rules: EventRules,
  publisher: EventPublisher,
): Promise<readonly EventId[]> {
  const { events, prefix } = eventsOf(body);
  const messages = events.map((event, index) => message(event, prefix(index), tenantId, rules));
  const results = await publisher.publish(
    tenantId,
    messages.map(({ text }) => text),
  );
  const missing = results.filter((result) => result !== 'sent').length;
  if (missing > 0)
    throw new PortUnavailable('event queue', new Error(`${missing} of ${messages.length} events were not accepted`));
  return messages.map(({ eventId }) => eventId);
}

function eventsOf(body: string): { events: readonly unknown[]; prefix: (index: number) => string } {
  const value = parseBody(body);
  if (!isJsonObject(value)) throw new InvalidInput('body', reason('events-shape-wrong'));
  if (!('events' in value)) return { events: [value], prefix: () => '' };
  const { events, ...rest } = value;
  const [other] = Object.keys(rest);
  if (other !== undefined) throw new InvalidInput(other.slice(0, 100), reason('not-known-beside-events'));
  if (!Array.isArray(events) || events.length < 1 || events.length > EVENTS_MAX)
    throw new InvalidInput('events', reason('events-count-wrong', { limit: EVENTS_MAX }));
  return { events, prefix: (index) => `events.${index}.` };
}

function parseBody(body: string): unknown {
  try {
    return parseLosslessly(body);
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidInput('body', reason('too-deep'));
    throw new InvalidInput('body', reason('not-json'));
  }
}

/**
 * The message as it goes on the queue.
 *
 * @throws InvalidInput
 */
function message(
  event: unknown,
  prefix: string,
  tenantId: TenantId,
  rules: EventRules,
): { text: string; eventId: EventId } {
  if (!isJsonObject(event))
    throw new InvalidInput(prefix === '' ? 'body' : prefix.slice(0, -1), reason('not-json-object'));
  if (event.tenant_id !== undefined && event.tenant_id !== tenantId)
    throw new InvalidInput(`${prefix}tenant_id`, reason('tenant-mismatch'));
  try {
    const text = JSON.stringify({ ...event, tenant_id: tenantId });
    return { text, eventId: parseEvent(text, rules).eventId };
  } catch (error) {
    if (error instanceof EventTooLarge) throw new InputTooLarge(`${prefix}${error.field}`, error.reason);
    if (error instanceof EventRejected) throw new InvalidInput(`${prefix}${error.field}`, error.reason);
    if (error instanceof RangeError) throw new InvalidInput(`${prefix}payload`, reason('too-deep'));
    throw error;
  }
}
