/**
 * The tenant's part of the paths, as the platform's profile has it: `/organizations/{organization_id}/teams/{team_id}`.
 */
import { formatReason } from '../../core/shared/reason-format';
import { reason } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import { SettingsError } from '../../core/shared/errors';
import { isTenantId, TENANT_ID_MAX_CHARACTERS, tenantIdFault, type TenantId } from '../../core/shared/identifiers';

export interface TenantPath {
  readonly path: string;
  /** Its parameters, in order; the fields by which answers name the tenant. */
  readonly parameters: readonly string[];
  readonly shape: Readonly<Record<string, z.ZodString>>;
}

/** As of {@link isTenantId}, each. */
const PART = '(?!\\.{1,2}(/|$))[A-Za-z0-9_.-]{1,64}';
/** Parameters of ours behind the tenant's. */
const TAKEN = new Set(['webhook_id', 'delivery_id', 'event_id', 'id']);

export function tenantPath(path: string): TenantPath {
  const parameters = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
  const taken = parameters.find((name) => TAKEN.has(name));
  if (taken !== undefined)
    throw new SettingsError(`the tenant path's parameter {${taken}} is one of the API's own; name it otherwise`);
  const shape = Object.fromEntries(
    parameters.map((name) => [
      name,
      z
        .string()
        .regex(new RegExp(`^${PART}$`))
        .openapi({
          description: parameters.length === 1 ? 'The tenant.' : 'Names the tenant, together with the others.',
          example: exampleOf(name),
        }),
    ]),
  );
  return { path, parameters, shape };
}

/**
 * @param params of the path
 * @returns nothing for what cannot be a tenant
 */
export function tenantOf({ parameters }: TenantPath, params: Readonly<Record<string, unknown>>): TenantId | undefined {
  const id = parameters.map((name) => String(params[name])).join('/');
  return isTenantId(id, parameters.length) ? id : undefined;
}

/** The tenant as answers name it. */
export function tenantFields({ parameters }: TenantPath, tenantId: TenantId): Record<string, string> {
  const parts = tenantId.split('/');
  return Object.fromEntries(parameters.map((name, index) => [name, parts[index]!]));
}

/** A tenant id in a body. */
export function tenantIdField(tenant: TenantPath): z.ZodString {
  const { length } = tenant.parameters;
  return z
    .string()
    .max(TENANT_ID_MAX_CHARACTERS)
    .regex(new RegExp(`^${Array(length).fill(PART).join('/')}$`), {
      error: ({ input }) => formatReason(tenantIdFault(String(input), length) ?? reason('unfit')),
    })
    .openapi({ example: tenantExample(tenant) });
}

/** As the documentation names one. */
export function tenantExample({ parameters }: TenantPath): TenantId {
  return parameters.map(exampleOf).join('/') as TenantId;
}

/** `organization_id`: org_123. */
function exampleOf(parameter: string): string {
  return `${parameter.replace(/_id$/, '').slice(0, 3)}_123`;
}
