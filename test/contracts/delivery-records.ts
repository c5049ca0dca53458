/** Records of deliveries as attempts leave them, each of an event of its own. */
import { randomBytes } from 'node:crypto';
import {
  type ChainId,
  deliveryId,
  type EventId,
  type SubscriptionId,
  type TenantId,
} from '../../lambda/core/shared/identifiers';
import { TENANT } from '../builders/subscription';
import type { AttemptEntry, DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

export const AT = Date.parse('2026-03-19T10:21:44Z');
export const SUBSCRIPTION = '019d05b9-8e40-7000-8000-000000000001' as SubscriptionId;

export const chain = (name: string): ChainId => name as ChainId;

/** The history of the attempt of that number. */
export function answer500(attempt: number): AttemptEntry {
  return { at: AT + attempt * 10_000, latencyMs: 12, status: 500, answer: `attempt ${attempt}` };
}

/** Nothing attempted yet, as a message that finds no record takes it. */
export function untried(changes: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const eventId = `evt_${randomBytes(8).toString('hex')}` as EventId;
  const owner: { tenantId: TenantId; subscriptionId: SubscriptionId } = {
    tenantId: TENANT,
    subscriptionId: SUBSCRIPTION,
    ...changes,
  };
  return {
    ...owner,
    deliveryId: deliveryId({ time: AT, tenantId: owner.tenantId, eventId, target: owner.subscriptionId }),
    eventId,
    eventType: 'job.completed',
    url: 'https://hooks.example.com/leapocr',
    status: 'pending',
    attempts: 0,
    chain: chain('c1'),
    history: [],
    expiresAt: Math.floor(Date.now() / 1000) + 86_400,
    ...changes,
  };
}

/** After that many attempts, which the endpoint answered 500; what settle is given for the last of them. */
export function retrying(
  from: DeliveryRecord,
  attempts: number,
  changes: Partial<DeliveryRecord> = {},
): DeliveryRecord {
  const { unsentBy: _owed, reason: _reason, ...rest } = from;
  return {
    ...rest,
    status: 'pending',
    attempts,
    chain: chain(`c${attempts + 1}`),
    dueAt: AT + (attempts + 1) * 10_000,
    history: [answer500(attempts)],
    ...changes,
  };
}

/** Ended by its first attempt, unless `attempts` says otherwise. */
export function settled(
  from: DeliveryRecord,
  status: 'delivered' | 'failed' | 'cancelled',
  changes: Partial<DeliveryRecord> = {},
): DeliveryRecord {
  const { chain: _chain, dueAt: _due, unsentBy: _owed, ...rest } = from;
  return {
    ...rest,
    status,
    attempts: 1,
    settledAt: AT + 100,
    history: [{ at: AT, latencyMs: 12, status: status === 'delivered' ? 200 : 500, answer: 'ok' }],
    ...changes,
  };
}
