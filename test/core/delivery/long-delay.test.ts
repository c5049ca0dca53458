import type { ChainId, DeliveryId, EventId, SubscriptionId } from '../../../lambda/core/shared/identifiers';
import { forwardDelayed } from '../../../lambda/core/delivery/long-delay';
import { TENANT } from '../../builders/subscription';
import { RecordingLog } from '../../fakes/log';
import { InMemoryDeliveryQueues } from '../../fakes/queues';
import { ManualClock } from '../../fakes/time-and-random';
import { type DeliveryMessage, formatDeliveryMessage } from '../../../lambda/core/delivery/delivery-message';

const TIERS = 7;

function setUp() {
  const clock = new ManualClock();
  const ports = { clock, queues: new InMemoryDeliveryQueues(), log: new RecordingLog() };
  const message = (attempt: number, inMs: number): DeliveryMessage => ({
    deliveryId: '019d05b9-8e40-7abc-8def-0123456789ab' as DeliveryId,
    tenantId: TENANT,
    subscriptionId: 's' as SubscriptionId,
    eventId: 'e' as EventId,
    eventType: 'job.completed',
    attempt,
    chain: 'c' as ChainId,
    arrivedAt: 1,
    dueAt: clock.now() + inMs,
    deferredMs: 5,
    replayId: 'r',
  });
  const run = (...bodies: string[]) =>
    forwardDelayed(
      bodies.map((body, index) => ({ messageId: `m${index}`, body })),
      TIERS,
      ports,
    );
  return { ports, message, run };
}

test('a message hops on while its due time is far, and into its tier when it is near, unchanged', async () => {
  const { ports, message, run } = setUp();
  const [far, near] = [message(6, 7_200_000), message(5, 120_000)];
  expect(await run(formatDeliveryMessage(far), formatDeliveryMessage(near))).toEqual([]);
  expect(ports.queues.sent).toEqual([
    { messageId: 'm0', message: far, queue: { kind: 'wait' }, delaySeconds: 900 },
    { messageId: 'm1', message: near, queue: { kind: 'tier', tier: 3 }, delaySeconds: 120 },
  ]);
});

test('a hop that is refused or not answered returns its message alone', async () => {
  const { ports, message, run } = setUp();
  ports.queues.answers.push('sent', 'refused', 'unanswered');
  const body = formatDeliveryMessage(message(6, 7_200_000));
  expect(await run(body, body, body)).toEqual(['m1', 'm2']);
});

test('a message of a format to come is returned, and holds up nothing', async () => {
  const { ports, message, run } = setUp();
  expect(await run('{"v":2}', formatDeliveryMessage(message(2, 1000)))).toEqual(['m0']);
  expect(ports.queues.sent).toHaveLength(1);
});
