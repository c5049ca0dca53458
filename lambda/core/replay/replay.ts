/** A replay: a delivery made once more, by a manual retry or a recovery, as a delivery of its own (rule 8). */
import type { RandomSource } from '../shared/random';
import { PortUnavailable } from '../shared/errors';
import { deliveryId, type DeliveryId, isUrlTarget } from '../shared/identifiers';
import { newChain } from '../delivery/retry-queue';
import type { QueueName } from '../delivery/queue-choice';
import type { DeliveryKey, DeliveryLog } from '../delivery/delivery-log';
import type { Clock } from '../shared/clock';
import type { DeliveryQueues, OutgoingDelivery, SendResult } from '../delivery/delivery-queues';
import { errorFields, type Log } from '../shared/log';
import { deliveryLogFields } from '../delivery/log-fields';
import { sendWithRetries } from '../delivery/send-with-retries';
import type { DeliveryMessage } from '../delivery/delivery-message';
import type { DeliveryRecord } from '../delivery/delivery-record';

/** Of one original: enough for anybody who retries by hand, and few enough that the record stays small. */
export const REPLAYS_MAX = 50;

/**
 * The first message of a replay. Equal replay ids and times give the equal delivery.
 *
 * @param of the delivery that is replayed, or a replay of it
 * @param time epoch milliseconds of the replay's creation: of the manual retry, or of the recovery
 */
export function replayMessage(
  of: DeliveryRecord,
  replayId: string,
  time: number,
  random: RandomSource,
): DeliveryMessage {
  const { tenantId, subscriptionId, eventId, eventType } = of;
  const url = isUrlTarget(subscriptionId) ? of.url : undefined;
  return {
    tenantId,
    subscriptionId,
    eventId,
    eventType,
    deliveryId: deliveryId({ time, tenantId, eventId, target: url ?? subscriptionId, replayId }),
    attempt: 1,
    chain: newChain(random),
    arrivedAt: time,
    replayId,
    replayOf: of.replayOf ?? of.deliveryId,
    url,
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
  const deliveries = messages.map((message): OutgoingDelivery => ({ message, queue, delaySeconds: 0 }));
  return sendWithRetries(deliveries, (left) => queues.send(left), clock);
}

/**
 * Puts the record of a replay whose message is in its queue, so that it can be seen before its turn comes; never over
 * another. Not needed for the delivery, which would put it itself: so what refuses it holds up nothing.
 */
export async function showReplay(
  record: DeliveryRecord,
  { deliveries, log }: { readonly deliveries: Pick<DeliveryLog, 'claim'>; readonly log: Log },
): Promise<void> {
  try {
    await deliveries.claim(record);
  } catch (error) {
    if (!(error instanceof PortUnavailable)) throw error;
    log.warn('failed to record replay', { ...deliveryLogFields(record), ...errorFields(error) });
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
    tenantId,
    subscriptionId,
    deliveryId: id,
    eventId,
    eventType,
    url,
    status: 'pending',
    attempts: 0,
    chain,
    history: [],
    expiresAt,
    replayId,
    replayOf,
  };
}

/** Replays, as the record of the original delivery knows them (rule 8). */
export interface ReplayMarks {
  /**
   * Notes on the original's record that a replay of it is made, whatever its status; once, however often it is called.
   *
   * @param most how many replays a record may have
   * @returns `gone` when there is no such record any more, `full` when it has as many already
   * @throws PortUnavailable
   */
  markReplay(original: DeliveryKey, replay: DeliveryId, most: number): Promise<'marked' | 'full' | 'gone'>;
}
