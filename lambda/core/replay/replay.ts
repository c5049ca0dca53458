/** A replay: a delivery made once more, by a manual retry or a recovery, as a delivery of its own (rule 8). */
import type { Chance } from '../shared/chance';
import type { DeliveryMessage, DeliveryRecord } from '../delivery/delivery';
import { PortUnavailable } from '../shared/errors';
import { deliveryId, isUrlTarget } from '../shared/identifiers';
import type { Clock, DeliveryLog, DeliveryQueues, Log, OutgoingDelivery, SendResult } from '../shared/ports';
import { newChain } from '../delivery/reenqueue';
import type { QueueName } from '../delivery/route';

/** Of a send that the queue is known to have refused. */
const SEND_TRIES = 3;
const SEND_PAUSE_MS = 100;

/** Of one original: enough for anybody who retries by hand, and few enough that the record stays small. */
export const REPLAYS_MAX = 50;

/**
 * The first message of a replay. Equal replay ids and times give the equal delivery.
 *
 * @param of the delivery that is replayed, or a replay of it
 * @param time epoch milliseconds of the replay's creation: of the manual retry, or of the recovery
 */
export function replayMessage(of: DeliveryRecord, replayId: string, time: number, chance: Chance): DeliveryMessage {
  const { tenantId, subscriptionId, eventId, eventType } = of;
  const url = isUrlTarget(subscriptionId) ? of.url : undefined;
  return {
    ...{ tenantId, subscriptionId, eventId, eventType },
    deliveryId: deliveryId({ time, tenantId, eventId, target: url ?? subscriptionId, replayId }),
    attempt: 1,
    chain: newChain(chance),
    arrivedAt: time,
    replayId,
    replayOf: of.replayOf ?? of.deliveryId,
    ...(url !== undefined && { url }),
  };
}

/**
 * Sends each, and what is refused again a little later.
 *
 * @returns one result a message, in order
 */
export async function sendReplays(
  messages: readonly DeliveryMessage[],
  queue: QueueName,
  { clock, queues }: { readonly clock: Clock; readonly queues: DeliveryQueues },
): Promise<readonly SendResult[]> {
  const results = new Map<OutgoingDelivery, SendResult>();
  const all = messages.map((message): OutgoingDelivery => ({ message, queue, delaySeconds: 0 }));
  let left = all;
  for (let attempt = 1; left.length > 0 && attempt <= SEND_TRIES; attempt += 1) {
    if (attempt > 1) await clock.sleep(SEND_PAUSE_MS * attempt);
    const answers = await queues.send(left);
    left.forEach((delivery, index) => results.set(delivery, answers[index]!));
    left = left.filter((delivery) => results.get(delivery) === 'refused');
  }
  return all.map((delivery) => results.get(delivery)!);
}

/**
 * Puts the record of a replay whose message is in its queue, so that it can be seen before its turn comes; never over
 * another. Not needed for the delivery, which would put it itself: so what refuses it holds up nothing.
 */
export async function showReplay(
  record: DeliveryRecord,
  { deliveries, log }: { readonly deliveries: Pick<DeliveryLog, 'take'>; readonly log: Log },
): Promise<void> {
  try {
    await deliveries.take(record);
  } catch (error) {
    if (!(error instanceof PortUnavailable)) throw error;
    log.warn('replay not on record yet', {
      tenant: record.tenantId,
      delivery: record.deliveryId,
      reason: error.message,
    });
  }
}

/**
 * A replay's record before its first attempt.
 *
 * @param url where it will go, as things stand; absent: unknown
 * @param expiresAt epoch seconds
 */
export function pendingReplay(
  { tenantId, subscriptionId, deliveryId: id, eventId, eventType, chain, replayId, replayOf }: DeliveryMessage,
  url: string | undefined,
  expiresAt: number,
): DeliveryRecord {
  return {
    ...{ tenantId, subscriptionId, deliveryId: id, eventId, eventType },
    ...(url !== undefined && { url }),
    status: 'pending',
    attempts: 0,
    chain,
    history: [],
    expiresAt,
    ...(replayId !== undefined && { replayId }),
    ...(replayOf !== undefined && { replayOf }),
  };
}
