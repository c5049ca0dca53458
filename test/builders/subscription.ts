import type { SubscriptionId, TenantId } from '../../lambda/core/shared/identifiers';
import { KeyRing, type KeyRings } from '../../lambda/core/signing/key-ring';
import { formatSecret } from '../../lambda/core/signing/secret';
import { uuidV7 } from '../../lambda/core/shared/identifiers';
import { SeededRandom } from '../fakes/time-and-random';
import { secretOwner, type Subscription } from '../../lambda/core/subscriptions/subscription';

export const TENANT = 'org_123/team_456' as TenantId;
export const ROOT_SECRET = JSON.stringify({ version: 1, current: 'k1', k1: 'r'.repeat(64) });
const random = new SeededRandom('builders');

/** A secret that is the same in every run. */
export const SECRET = formatSecret(new SeededRandom('secret').bytes(32));

export const keyRings: KeyRings = { ring: () => Promise.resolve(KeyRing.parse(ROOT_SECRET)) };

/** @param changes its URL may be given as a text */
export function subscription(
  { url = 'https://hooks.example.com/leapocr', ...changes }: Partial<Subscription> & { readonly url?: string } = {},
  secret = SECRET,
): Subscription {
  const createdAt = changes.createdAt ?? Date.parse('2026-03-01T00:00:00Z');
  const identity = {
    tenantId: changes.tenantId ?? TENANT,
    id: changes.id ?? (uuidV7(createdAt, random.bytes(10)) as SubscriptionId),
  };
  return {
    kind: 'subscription',
    ...identity,
    destination: { kind: 'https', url },
    eventTypes: ['job.completed'],
    enabled: true,
    epoch: 1,
    count: 0,
    countAtLastSuccess: 0,
    sealedSecret: KeyRing.parse(ROOT_SECRET).seal(secret, secretOwner(identity), random.bytes(12)),
    createdAt,
    updatedAt: createdAt,
    ...changes,
  };
}
