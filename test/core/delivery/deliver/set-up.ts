/** What the tests of deliver share: one function on fakes, and the stored event of its messages. */
import { EndpointAnswers } from '../../../../lambda/core/endpoint/circuit';
import { deliver } from '../../../../lambda/core/delivery/deliver';
import { type ChainId, deliveryId, type EventId } from '../../../../lambda/core/shared/identifiers';
import { OwnFaultDetector } from '../../../../lambda/core/endpoint/own-fault';
import { SigningSecrets } from '../../../../lambda/core/signing/signing-secrets';
import { LEAPOCR_PROFILE } from '../../../builders/profile';
import { keyRings, subscription, TENANT } from '../../../builders/subscription';
import { InMemoryDeliveryLog } from '../../../fakes/delivery-log';
import { ScriptedEndpoint } from '../../../fakes/endpoint';
import { InMemoryEventStore } from '../../../fakes/event-store';
import { RecordingLog } from '../../../fakes/log';
import { InMemoryDeliveryQueues, RecordingOperationalEvents } from '../../../fakes/queues';
import { InMemorySubscriptionStore } from '../../../fakes/subscription-store';
import { ManualClock, SeededRandom } from '../../../fakes/time-and-random';
import { type DeliveryMessage, formatDeliveryMessage } from '../../../../lambda/core/delivery/delivery-message';

export const BODY = '{"event_type":"job.completed"}';

export async function setUp(profile = LEAPOCR_PROFILE) {
  const clock = new ManualClock();
  const deliveries = new InMemoryDeliveryLog();
  const subscriptions = new InMemorySubscriptionStore(deliveries);
  const ports = {
    clock,
    random: new SeededRandom('deliver'),
    subscriptions,
    failures: subscriptions,
    circuits: subscriptions,
    rates: subscriptions,
    accounts: subscriptions,
    events: new InMemoryEventStore(clock),
    deliveries,
    queues: new InMemoryDeliveryQueues(),
    operationalEvents: new RecordingOperationalEvents(),
    keyRings,
    endpoint: new ScriptedEndpoint(),
    secrets: new SigningSecrets(keyRings),
    log: new RecordingLog(),
  };
  const target = subscription();
  await ports.subscriptions.create(target);
  const message = (changes: Partial<DeliveryMessage> = {}): DeliveryMessage => {
    const eventId = changes.eventId ?? ('evt_1' as EventId);
    const arrivedAt = changes.arrivedAt ?? clock.now();
    const id = deliveryId({ time: arrivedAt, tenantId: TENANT, eventId, target: target.id });
    return {
      deliveryId: id,
      tenantId: TENANT,
      subscriptionId: target.id,
      eventId,
      eventType: 'job.completed',
      attempt: 1,
      chain: 'c1' as ChainId,
      arrivedAt,
      payload: BODY,
      ...changes,
    };
  };
  const memory = { answers: new EndpointAnswers(clock), ownFaults: new OwnFaultDetector(clock) };
  let remaining = 30_000;
  /** In an execution environment that has seen nothing yet. */
  const runIn = (sent: DeliveryMessage) =>
    deliver(
      [{ messageId: 'm0', body: formatDeliveryMessage(sent) }],
      () => remaining,
      profile,
      { answers: new EndpointAnswers(clock), ownFaults: new OwnFaultDetector(clock) },
      ports,
    );
  const run = (...messages: (DeliveryMessage | string)[]) =>
    deliver(
      messages.map((each, index) => ({
        messageId: `m${index}`,
        body: typeof each === 'string' ? each : formatDeliveryMessage(each),
      })),
      () => remaining,
      profile,
      memory,
      ports,
    );
  /** Runs the messages that were re-enqueued since, at their time. */
  const runNext = async () => {
    const due = ports.queues.sent.splice(0).map((outgoing) => outgoing.message);
    const latest = Math.max(...due.map(({ dueAt }) => dueAt ?? 0));
    if (latest > clock.now()) clock.advance(latest - clock.now());
    return run(...due);
  };
  return {
    ports,
    clock,
    target,
    message,
    memory,
    run,
    runIn,
    runNext,
    setRemaining: (milliseconds: number) => (remaining = milliseconds),
  };
}

export async function stored({ events }: { events: InMemoryEventStore }, clock: ManualClock): Promise<void> {
  await events.claim(
    {
      eventId: 'evt_1' as EventId,
      eventType: 'job.completed',
      tenantId: TENANT,
      payload: BODY,
      arrivedAt: clock.now(),
    },
    clock.now() / 1000 + 90 * 86_400,
  );
}
