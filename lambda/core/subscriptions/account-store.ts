import type { TenantId } from '../shared/identifiers';
import type { Account } from './subscription';
import type { RegeneratedSecret } from './subscription-directory';

/** What is kept of tenants themselves. */
export interface AccountStore extends AccountSecrets {
  /**
   * Read strongly; an empty account when nothing is kept.
   *
   * @throws PortUnavailable
   */
  account(tenantId: TenantId): Promise<Account>;
  /**
   * False when the secret is not the one that was seen.
   *
   * @param seen absent: there was none
   * @throws PortUnavailable
   */
  replaceSecret(tenantId: TenantId, seen: string | undefined, secret: RegeneratedSecret): Promise<boolean>;
  /** @throws PortUnavailable */
  setPlan(tenantId: TenantId, plan: string): Promise<void>;
}

/** The tenants' own secrets, sealed, for events that name their URL. */
export interface AccountSecrets {
  /**
   * Puts the secret if the tenant has none; returns what the tenant then has.
   *
   * @throws PortUnavailable
   */
  createSecretIfAbsent(tenantId: TenantId, sealed: string): Promise<string>;
}
