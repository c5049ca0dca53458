/** A tenant's own secret: it signs what goes to the URLs that the tenant's events name. */
import type { RandomSource } from '../shared/random';
import { Conflict } from '../shared/errors';
import { reason } from '../shared/reason';
import type { TenantId } from '../shared/identifiers';
import { ACCOUNT, type KeyRings, SEALING_IV_BYTES, type SecretOwner } from '../signing/key-ring';
import { overlap } from './manage-subscriptions';
import { formatSecret, SECRET_BYTES } from '../signing/secret';
import type { AccountSecrets, AccountStore } from './account-store';
import type { Clock } from '../shared/clock';

const REPLACE_TRIES = 4;

export function accountSecretOwner(tenantId: TenantId): SecretOwner {
  return { purpose: 'signing-secret', tenantId, owner: ACCOUNT };
}

interface AccountPorts {
  readonly random: RandomSource;
  readonly keyRings: KeyRings;
  readonly accounts: AccountSecrets;
}

/**
 * A tenant gets its secret when it is first needed.
 *
 * @returns it, sealed
 * @throws PortUnavailable, KeyRingError
 */
export async function ensureAccountSecret(
  tenantId: TenantId,
  { random, keyRings, accounts }: AccountPorts,
): Promise<string> {
  const ring = await keyRings.ring();
  return accounts.createSecretIfAbsent(
    tenantId,
    ring.seal(formatSecret(random.bytes(SECRET_BYTES)), accountSecretOwner(tenantId), random.bytes(SEALING_IV_BYTES)),
  );
}

/**
 * @returns it in clear
 * @throws PortUnavailable, KeyRingError, UnsealError
 */
export async function readAccountSecret(tenantId: TenantId, ports: AccountPorts): Promise<string> {
  const sealed = await ensureAccountSecret(tenantId, ports);
  return (await ports.keyRings.ring(sealed)).unseal(sealed, accountSecretOwner(tenantId));
}

/**
 * A new one, in force from the next attempt on.
 *
 * @param overlapSeconds as of a subscription's
 * @throws InvalidInput, Conflict, PortUnavailable
 */
export async function regenerateAccountSecret(
  tenantId: TenantId,
  overlapSeconds: number,
  {
    random,
    keyRings,
    accounts,
    clock,
  }: Omit<AccountPorts, 'accounts'> & { readonly accounts: AccountStore; readonly clock: Clock },
): Promise<string> {
  const ring = await keyRings.ring();
  const secret = formatSecret(random.bytes(SECRET_BYTES));
  for (let attempt = 1; attempt <= REPLACE_TRIES; attempt += 1) {
    const { sealedSecret: seen } = await accounts.account(tenantId);
    const previous = seen === undefined ? undefined : overlap(seen, overlapSeconds, clock.now());
    const sealed = ring.seal(secret, accountSecretOwner(tenantId), random.bytes(SEALING_IV_BYTES));
    if (await accounts.replaceSecret(tenantId, seen, { sealed, previous })) return secret;
  }
  throw new Conflict(reason('secret-changing'));
}
