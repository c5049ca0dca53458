/** A tenant's own secret: it signs what goes to the URLs that the tenant's events name. */
import type { Chance } from './chance';
import type { TenantId } from './identifiers';
import { ACCOUNT, SEALING_IV_BYTES, type SecretOwner } from './key-ring';
import type { AccountSecrets, KeyRings } from './ports';
import { formatSecret, SECRET_BYTES } from './secret';

export function accountSecretOwner(tenantId: TenantId): SecretOwner {
  return { purpose: 'signing-secret', tenantId, owner: ACCOUNT };
}

/** A tenant gets its secret when it is first needed. @returns it, sealed @throws PortUnavailable, KeyRingError */
export async function ensureAccountSecret(
  tenantId: TenantId,
  { chance, keyRings, accounts }: { readonly chance: Chance; readonly keyRings: KeyRings; readonly accounts: AccountSecrets },
): Promise<string> {
  const ring = await keyRings.ring();
  return accounts.ensure(tenantId, ring.seal(formatSecret(chance.bytes(SECRET_BYTES)), accountSecretOwner(tenantId), chance.bytes(SEALING_IV_BYTES)));
}
