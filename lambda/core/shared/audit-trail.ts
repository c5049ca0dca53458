import type { TenantId } from './identifiers';

/** One line for every change: who did what, to whom. Never a secret. */
export interface AuditTrail {
  record(entry: AuditEntry): void;
}

export interface AuditEntry {
  /** `subscription.created`, `plan.changed`. */
  readonly action: string;
  /** Such as `operator`, `portal:k1:user_1`. */
  readonly actor: string;
  readonly tenantId?: TenantId;
  /** Ids of what was changed. */
  readonly resource?: string;
}
