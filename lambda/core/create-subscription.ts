/** Making a subscription: what is checked, and what it gets. */
import { checkEndpointUrl, type EndpointPolicy } from './endpoint-policy';
import { InvalidInput } from './errors';
import { type SubscriptionId, type TenantId, tenantIdFault, uuidV7 } from './identifiers';
import { type KeyRing, SEALING_IV_BYTES } from './key-ring';
import type { Chance, Clock, SubscriptionWriter } from './ports';
import { formatSecret, SECRET_BYTES } from './secret';
import { secretOwner, type Subscription } from './subscription';

export const EVENT_TYPES_MAX = 10;
export const DESCRIPTION_MAX_CHARACTERS = 500;

export interface NewSubscription {
  readonly tenantId: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly description?: string;
  readonly enabled?: boolean;
}

export interface SubscriptionRules {
  readonly tenantParts: number;
  readonly eventTypes: ReadonlySet<string>;
  readonly endpoints: EndpointPolicy;
}

/**
 * Makes a subscription with a secret of its own.
 *
 * @returns the subscription, and its secret in clear: the only time that it is shown
 * @throws InvalidInput naming the field at fault
 */
export async function createSubscription(
  input: NewSubscription,
  rules: SubscriptionRules,
  ports: { readonly clock: Clock; readonly chance: Chance; readonly keyRing: KeyRing; readonly subscriptions: SubscriptionWriter },
): Promise<{ subscription: Subscription; secret: string }> {
  const fault = tenantIdFault(input.tenantId, rules.tenantParts);
  if (fault !== undefined) throw new InvalidInput('tenant_id', fault);
  const url = checkEndpointUrl(input.url, rules.endpoints);
  if (!url.ok) throw new InvalidInput('url', url.message);
  const eventTypes = selectedEventTypes(input.eventTypes, rules.eventTypes);
  if ((input.description?.length ?? 0) > DESCRIPTION_MAX_CHARACTERS) throw new InvalidInput('description', `must be at most ${DESCRIPTION_MAX_CHARACTERS} characters`);

  const now = ports.clock.now();
  const secret = formatSecret(ports.chance.bytes(SECRET_BYTES));
  const identity = { tenantId: input.tenantId as TenantId, id: uuidV7(now, ports.chance.bytes(10)) as SubscriptionId };
  const subscription: Subscription = {
    ...identity,
    url: input.url,
    eventTypes,
    ...(input.description !== undefined && { description: input.description }),
    enabled: input.enabled ?? true,
    epoch: 1,
    count: 0,
    forgiven: 0,
    sealedSecret: ports.keyRing.seal(secret, secretOwner(identity), ports.chance.bytes(SEALING_IV_BYTES)),
    createdAt: now,
    updatedAt: now,
  };
  await ports.subscriptions.create(subscription);
  return { subscription, secret };
}

function selectedEventTypes(given: readonly string[], known: ReadonlySet<string>): string[] {
  const selected = [...new Set(given)];
  if (selected.length < 1 || selected.length > EVENT_TYPES_MAX) throw new InvalidInput('events', `must name 1 to ${EVENT_TYPES_MAX} event types, not ${selected.length}`);
  for (const type of selected) {
    if (!known.has(type)) throw new InvalidInput('events', `"${type.slice(0, 100)}" is not in the event catalogue (${[...known].join(', ')})`);
  }
  return selected;
}
