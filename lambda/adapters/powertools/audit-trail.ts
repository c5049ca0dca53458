/** The audit trail: one line of the function's log for every change, message `audit`. */
import { Logger } from '@aws-lambda-powertools/logger';
import type { AuditEntry, AuditTrail } from '../../core/shared/audit-trail';

export class LogAuditTrail implements AuditTrail {
  private readonly logger: Logger;

  constructor(service: string) {
    // Whatever the log's level is set to, these lines are written.
    this.logger = new Logger({ serviceName: service, logLevel: 'INFO' });
  }

  record({ action, actor, tenantId, resource }: AuditEntry): void {
    this.logger.info('audit', {
      action,
      actor,
      ...(tenantId !== undefined && { tenant_id: tenantId }),
      ...(resource !== undefined && { resource }),
    });
  }
}
