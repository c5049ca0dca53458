/** Runs an operation and keeps the audit trail. */
import type { TenantId } from '../../core/shared/identifiers';
import { isTenantPrincipal, mayReadSecrets, type Principal } from '../auth/principal';
import type { ApiPorts } from '../context';
import { errorAnswer } from './errors';
import type { Operation, Outcome } from './operation';

/** A request that was read and checked. */
export interface CheckedRequest {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly tenantId: TenantId | undefined;
}

/**
 * Runs an operation for an authorized principal, and records its changes on the audit trail.
 *
 * @param principal absent: any caller
 */
export async function performOperation(
  operation: Operation,
  request: CheckedRequest,
  principal: Principal | undefined,
  { audit }: ApiPorts,
): Promise<Outcome<unknown>> {
  const { change } = operation;
  const note = (action: string, tenantId: TenantId | undefined, resource: string | undefined) => {
    if (principal !== undefined) audit.record({ action, actor: principal.actor, tenantId, resource });
  };
  const userId = principal !== undefined && isTenantPrincipal(principal) ? principal.userId : undefined;
  try {
    const outcome = await operation.run({
      ...request,
      userId,
      seesSecrets: principal !== undefined && mayReadSecrets(principal),
    });
    if (change !== undefined) note(change, request.tenantId ?? outcome.tenantId, outcome.resource);
    return outcome;
  } catch (error) {
    // The change may have happened before the failure. The trail also has changes without a confirmation.
    if (change !== undefined && errorAnswer(error).status >= 500)
      note(`${change}-unconfirmed`, request.tenantId, ownId(operation, request.params));
    throw error;
  }
}

/** The id in the path behind the tenant's part. */
function ownId({ tenant }: Operation, params: Readonly<Record<string, unknown>>): string | undefined {
  const [id] = Object.entries(params).flatMap(([name, value]) =>
    tenant?.parameters.includes(name) || typeof value !== 'string' ? [] : [value],
  );
  return id;
}
