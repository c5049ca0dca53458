/** What a principal may do: the one table that decides it. */
import { reason, type Reason } from '../../core/shared/reason';
import { Forbidden, NotFound } from '../../core/shared/errors';
import type { TenantId } from '../../core/shared/identifiers';
import { isTenantPrincipal, type Principal, type Scope } from './principal';

/**
 * `anyone`: no credential. `principal`: any credential. `operator`: the platform, by operator key or IAM. Scopes: the
 * platform, and the tenant's own principals that have them all.
 */
export type Rule = 'anyone' | 'principal' | 'operator' | readonly [Scope, ...Scope[]];

export const ACCESS = {
  getOpenApi: 'anyone',
  listEventTypes: 'principal',
  getEventCatalog: 'principal',
  getSignatureSchemes: 'principal',
  createPortalSession: 'operator',

  listWebhooks: ['webhooks:read'],
  createWebhook: ['webhooks:write'],
  checkWebhookUrl: ['webhooks:write'],
  getWebhook: ['webhooks:read'],
  updateWebhook: ['webhooks:write'],
  deleteWebhook: ['webhooks:write'],
  regenerateWebhookSecret: ['webhooks:write', 'webhooks:secrets'],
  testWebhook: ['webhooks:write'],
  getWebhookHealth: ['webhooks:read'],

  startRecovery: ['webhooks:write'],
  getRecovery: ['webhooks:read'],

  listDeliveries: ['webhooks:read'],
  listEventDeliveries: ['webhooks:read'],
  getDelivery: ['webhooks:read'],
  getPayload: ['webhooks:read'],
  retryDelivery: ['webhooks:write'],

  getStatistics: ['webhooks:read'],
  listOrigins: ['webhooks:read'],

  getAccountSecret: ['webhooks:secrets'],
  regenerateAccountSecret: ['webhooks:write', 'webhooks:secrets'],

  getPlan: 'operator',
  setPlan: 'operator',

  publishEvents: ['events:write'],
} as const satisfies Record<string, Rule>;

export type OperationId = keyof typeof ACCESS;

/**
 * @param tenantId of the path, where it has one
 * @param unknown what is said of a thing that is not there: another tenant's is not told apart from it
 * @throws NotFound for another tenant's path
 * @throws Forbidden
 */
export function authorize(
  operation: OperationId,
  principal: Principal,
  tenantId: TenantId | undefined,
  unknown: Reason,
): void {
  const rule: Rule = ACCESS[operation];
  if (!isTenantPrincipal(principal)) return;
  if (tenantId !== undefined && principal.tenantId !== tenantId) throw new NotFound(unknown);
  if (rule === 'anyone' || rule === 'principal') return;
  if (rule === 'operator') throw new Forbidden(reason('operator-only'));
  const missing = rule.filter((scope) => !principal.scopes.has(scope));
  if (missing.length > 0) throw new Forbidden(reason('scope-missing', { scopes: missing.join(' and ') }));
}

/** The rule in words, for the documentation. */
export function describeRule(rule: Rule): string {
  if (rule === 'anyone') return 'anyone, without a credential';
  if (rule === 'principal') return 'any credential';
  if (rule === 'operator') return 'the platform (operator key or IAM)';
  return `the platform, or scope ${rule.map((scope) => `\`${scope}\``).join(' and ')}`;
}
