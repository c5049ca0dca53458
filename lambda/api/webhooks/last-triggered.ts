/** When webhooks were last triggered. */
import { PortUnavailable } from '../../core/shared/errors';
import { errorFields } from '../../core/shared/log';
import type { SubscriptionId } from '../../core/shared/identifiers';
import type { Subscription } from '../../core/subscriptions/subscription';
import type { ApiContext } from '../context';

/** The times by webhook. They are best effort: a list is worth more than the times in it. */
export async function lastTriggered(
  subscriptions: readonly Subscription[],
  { ports }: ApiContext,
): Promise<ReadonlyMap<SubscriptionId, number>> {
  const [first] = subscriptions;
  if (first === undefined) return new Map();
  const ids = subscriptions.map(({ id }) => id).sort();
  try {
    return await ports.figures.lastTriggered(first.tenantId, ids[0]!, ids.at(-1)!);
  } catch (error) {
    if (!(error instanceof PortUnavailable)) throw error;
    ports.log.warn('failed to read last-triggered times', { tenant_id: first.tenantId, ...errorFields(error) });
    return new Map();
  }
}
