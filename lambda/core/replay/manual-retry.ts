/**
 * Retrying one delivery by hand: a new delivery of the same event to the same place, never swallowed by de-duplication
 * (rule 8).
 */
import type { RandomSource } from '../shared/random';
import { Conflict, NotFound, PortUnavailable } from '../shared/errors';
import { reason } from '../shared/reason';
import { isUrlTarget, uuidV7 } from '../shared/identifiers';
import type { Profile } from '../shared/profile';
import { pendingReplay, type ReplayMarks, replayMessage, REPLAYS_MAX, sendReplays, showReplay } from './replay';
import type { Clock } from '../shared/clock';
import type { DeliveryKey, DeliveryLog } from '../delivery/delivery-log';
import type { DeliveryQueues } from '../delivery/delivery-queues';
import type { PayloadReader } from '../delivery/payload-reader';
import type { Log } from '../shared/log';
import { subscriptionAmong, type SubscriptionReader } from '../subscriptions/subscription-reader';
import { type DeliveryRecord, isTerminal } from '../delivery/delivery-record';

export interface ManualRetryPorts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly deliveries: Pick<DeliveryLog, 'claim' | 'read'> & ReplayMarks;
  readonly subscriptions: SubscriptionReader;
  readonly events: PayloadReader;
  readonly queues: DeliveryQueues;
  readonly log: Log;
}

/**
 * Sends a delivery that has come to its end once more; whether its tenant's plan has webhooks, the caller has checked.
 * When it returns, the new delivery is in its queue.
 *
 * @returns the new delivery, as it stands in the log
 * @throws NotFound
 * @throws Conflict when it is still on its way, or cannot be sent as things stand; the message says what to do
 * @throws PortUnavailable when the queue did not take it: nothing will come of it, unless the queue took it and its
 *   answer was lost
 */
export async function retryDelivery(
  key: DeliveryKey,
  settings: Pick<Profile, 'deliveryTtlSeconds'>,
  ports: ManualRetryPorts,
): Promise<DeliveryRecord> {
  const { clock, random, deliveries } = ports;
  const record = await readEnded(key, ports);
  const url = await currentUrl(record, ports);
  if ((await ports.events.payload(record.tenantId, record.eventId)) === undefined)
    throw new Conflict(reason('retry-payload-expired'));

  const now = clock.now();
  const message = replayMessage(record, uuidV7(now, random.bytes(10)), now, random);
  const marked = await deliveries.markReplay(
    { ...key, deliveryId: message.replayOf! },
    message.deliveryId,
    REPLAYS_MAX,
  );
  if (marked === 'full') throw new Conflict(reason('retry-limit-reached', { limit: REPLAYS_MAX }));
  const [result] = await sendReplays([message], { kind: 'delivery' }, ports);
  if (result !== 'sent')
    throw new PortUnavailable(
      'delivery queue',
      new Error(result === 'refused' ? 'it refused the retry' : 'it did not answer'),
    );
  const replay = pendingReplay(message, url, Math.ceil(now / 1000) + settings.deliveryTtlSeconds);
  await showReplay(replay, ports);
  return replay;
}

async function readEnded(key: DeliveryKey, { clock, deliveries }: ManualRetryPorts): Promise<DeliveryRecord> {
  const record = await deliveries.read(key);
  if (record === undefined || record.expiresAt <= Math.floor(clock.now() / 1000))
    throw new NotFound(reason('delivery-not-found'));
  if (isTerminal(record.status)) return record;
  if (record.dueAt === undefined) throw new Conflict(reason('retry-before-first-attempt'));
  throw new Conflict(reason('retry-before-next-attempt', { at: new Date(record.dueAt).toISOString() }));
}

/**
 * Where the retry will go.
 *
 * @throws Conflict when it may not
 */
async function currentUrl(
  { tenantId, subscriptionId, url }: DeliveryRecord,
  { subscriptions }: ManualRetryPorts,
): Promise<string | undefined> {
  if (isUrlTarget(subscriptionId)) return url;
  const { subscriptions: found } = await subscriptions.read([{ tenantId, subscriptionId }]);
  const subscription = subscriptionAmong(found);
  if (subscription === undefined) throw new Conflict(reason('retry-webhook-deleted'));
  if (!subscription.enabled) throw new Conflict(reason('retry-webhook-disabled'));
  return subscription.destination.url;
}
