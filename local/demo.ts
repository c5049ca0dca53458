import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDemoReceiver, type Arrival, type DemoReceiver } from './demo-receiver';
import { examplePayload } from './example-events';
import { peekQueues } from './queued-messages';
import { eventIdOf, say, sayArrival, saySent } from './report';
import { sendEvent } from './send-event';
import { stackNamed, type LocalStack } from './stack-file';
import { subscribe } from './subscribe';
import { UserError } from './user-error';
import { virtualNow } from './virtual-clock';

export const DEMO_TENANT = 'org_123/team_456';
/** Whose dashboard is shown, by stack. */
export const DEMO_TENANTS: Readonly<Record<string, string>> = { leapocr: DEMO_TENANT, rekognita: 'acct_123' };
export const DEMO_EVENTS = ['job.created', 'job.started', 'job.completed', 'job.failed'];
const DEMO_TYPE = 'job.completed';

/**
 * From the send to the verified delivery; it takes a tenth of a second when all is well, a few seconds when everything
 * is cold.
 */
const DELIVERY_LIMIT_MS = 60_000;
const POLL_MS = 20;

export interface Demo {
  readonly receiver: DemoReceiver;
  /** Subscribes the receiver, sends the guide's example and waits for its verified delivery. */
  deliverOnce(local: LocalStack, signal: AbortSignal): Promise<void>;
  /**
   * Shows that the production policy refuses the receiver, which is on loopback.
   *
   * @throws {UserError} when it does not
   */
  showRefusal(local: LocalStack): Promise<void>;
}

/** Where the event has got to, for the message about a delivery that did not come. */
async function whereabouts(local: LocalStack, eventId: string): Promise<string> {
  const found = (await peekQueues(local.awsEndpointUrl)).filter(({ body }) => body.includes(eventId));
  if (found.length === 0)
    return "It is in no queue: it was handled, and its outcome is in the deliveries table and the emulator's log.";
  return found
    .map(({ queueName, receiveCount, attributes }) => {
      const said = Object.entries(attributes)
        .map(([name, value]) => `${name}: ${value}`)
        .join(', ');
      return `It is in the queue ${queueName}, received ${receiveCount} times${said === '' ? '' : ` (${said})`}.`;
    })
    .join('\n');
}

/** @param nowSeconds the local stack's time */
export async function startDemo(receiverPort: number, nowSeconds: () => number): Promise<Demo> {
  const sentAt = new Map<string, number>();
  const arrivals: Arrival[] = [];
  const receiver = await startDemoReceiver(receiverPort, nowSeconds, (arrival) => {
    const sent = sentAt.get(eventIdOf(arrival));
    sayArrival(arrival, sent === undefined ? undefined : arrival.arrivedAt - sent);
    arrivals.push(arrival);
  });

  const awaitVerified = async (local: LocalStack, eventId: string, signal: AbortSignal): Promise<void> => {
    const deadline = performance.now() + DELIVERY_LIMIT_MS;
    while (performance.now() < deadline) {
      signal.throwIfAborted();
      const arrival = arrivals.find((one) => eventIdOf(one) === eventId);
      if (arrival?.verified) return;
      if (arrival) throw new UserError('The delivery arrived, but not all of its signatures are valid.');
      await sleep(POLL_MS);
    }
    throw new UserError(
      `The event ${eventId} was not delivered within ${DELIVERY_LIMIT_MS / 1000} ` +
        `s.\n${await whereabouts(local, eventId)}`,
    );
  };

  return {
    receiver,
    async deliverOnce(local, signal) {
      const stack = stackNamed(local, 'leapocr');
      const { secret } = await subscribe({ local, stack, tenant: DEMO_TENANT, url: receiver.url, events: DEMO_EVENTS });
      receiver.expectSecret(secret);
      const eventId = randomUUID();
      const payload = examplePayload(DEMO_TYPE, eventId, DEMO_TENANT, virtualNow(local.clockFile) * 1000);
      saySent(DEMO_TYPE, eventId);
      sentAt.set(eventId, Date.now());
      await sendEvent(local, stack.eventQueueUrl, {
        event_id: eventId,
        event_type: DEMO_TYPE,
        tenant_id: DEMO_TENANT,
        payload,
      });
      await awaitVerified(local, eventId, signal);
    },
    async showRefusal(local) {
      const request = {
        local,
        stack: stackNamed(local, 'leapocr'),
        tenant: DEMO_TENANT,
        url: receiver.url,
        events: DEMO_EVENTS,
      };
      try {
        await subscribe(request);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        say(`\nThe production policy is in force: no delivery to the demo receiver. ${error.message}`);
        return;
      }
      throw new UserError('The production policy took an endpoint on loopback, which it must not.');
    },
  };
}
