import type { Dashboard } from '../context';

/**
 * A token with which no page could show anything: it may not read, or its tenant has not the parts of this platform's,
 * as another platform's has not.
 */
export function isOfNoUse({ claims, settings }: Pick<Dashboard, 'claims' | 'settings'>): boolean {
  const parts = claims.tenant.split('/');
  const named = settings.tenantPath.match(/\{[^}]+\}/g) ?? [];
  return !claims.scopes.has('webhooks:read') || parts.length !== named.length || parts.includes('');
}
