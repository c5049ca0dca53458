/** Who is calling: what a request's credential comes to. */
import type { TenantId } from '../../core/shared/identifiers';

/** `webhooks:secrets`: sees signing secrets. `events:write`: a producer. */
export const SCOPES = ['webhooks:read', 'webhooks:write', 'webhooks:secrets', 'events:write'] as const;
export type Scope = (typeof SCOPES)[number];

/** Of a tenant's principal whose credential does not say: everything but producing events. */
export const DEFAULT_SCOPES: readonly Scope[] = ['webhooks:read', 'webhooks:write', 'webhooks:secrets'];

export type PrincipalKind = 'operator' | 'iam' | 'portal' | 'jwt' | 'function';

/** The platform itself: everything, for every tenant. */
export interface PlatformPrincipal {
  readonly kind: 'operator' | 'iam';
  /** As the audit trail names it. */
  readonly actor: string;
}

/** Somebody of one tenant. */
export interface TenantPrincipal {
  readonly kind: 'portal' | 'jwt' | 'function';
  readonly actor: string;
  readonly tenantId: TenantId;
  readonly userId?: string;
  readonly scopes: ReadonlySet<Scope>;
}

export type Principal = PlatformPrincipal | TenantPrincipal;

export function isTenantPrincipal(principal: Principal): principal is TenantPrincipal {
  return 'tenantId' in principal;
}

export function mayReadSecrets(principal: Principal): boolean {
  return !isTenantPrincipal(principal) || principal.scopes.has('webhooks:secrets');
}

/** Those that are known; others may be meant for other services. */
export function knownScopes(names: readonly string[]): ReadonlySet<Scope> {
  return new Set(SCOPES.filter((scope) => names.includes(scope)));
}

const USER_ID_MAX_CHARACTERS = 128;

/** Longer ones, or none at all, are left out: a user's id is for the record, nothing is decided by it. */
export function userIdOf(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' && claim.length <= USER_ID_MAX_CHARACTERS ? claim : undefined;
}
