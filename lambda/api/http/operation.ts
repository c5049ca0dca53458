/**
 * An operation of the API: where it is, what it takes and gives, and what runs it. The routes, the checks of requests
 * and the OpenAPI document all come from these.
 */
import { reason, type Reason } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import type { TenantId } from '../../core/shared/identifiers';
import type { OperationId } from '../auth/access';
import type { TenantPath } from './tenant-path';

/** The prefix of every path. */
export const API_PREFIX = '/api/v1';

export type Method = 'get' | 'post' | 'put' | 'delete';
export type Tag = 'Webhooks' | 'Deliveries' | 'Recovery' | 'Account' | 'Events' | 'Catalog' | 'Portal';
type Shape = z.ZodRawShape;
type Values<S extends Shape> = z.infer<z.ZodObject<S>>;

/** A request that has been checked. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Of the principal, where its credential says so. */
  readonly userId: string | undefined;
  /** Whether the principal may see signing secrets. */
  readonly seesSecrets: boolean;
}

export interface TenantCall<P, Q, B> extends Call<P, Q, B> {
  readonly tenantId: TenantId;
}

export interface Outcome<A> {
  readonly body: A;
  /** Ids of what was changed, for the audit trail. */
  readonly resource?: string;
  /** Whose it is, where the path does not say. */
  readonly tenantId?: TenantId;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * `json` is checked against its schema. `text` is read by the operation itself; its schema is for the documentation.
 */
export type Body<B> =
  | { readonly kind: 'json'; readonly schema: z.ZodType<B>; readonly required: boolean; readonly example: object }
  | { readonly kind: 'text'; readonly schema: z.ZodType; readonly maxBytes: number; readonly example: object };

export interface Success<A> {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  readonly schema: z.ZodType<A>;
  readonly example: object | undefined;
  /** Operations whose parameters it gives, by OpenAPI's runtime expressions; the tenant is the same. */
  readonly leadsTo?: Partial<Record<OperationId, Readonly<Record<string, string>>>>;
}

interface Definition<P extends Shape, Q extends Shape, B, A, C> {
  readonly id: OperationId;
  readonly method: Method;
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: Body<B>;
  readonly success: Success<A>;
  /** Whether it can meet a conflict, or its own limits. */
  readonly errors?: readonly (409 | 429)[];
  /** What is said of a thing that is not there; absent: the path names nothing but the tenant. */
  readonly unknown?: Reason;
  /** What the audit trail calls it; absent: it changes nothing and shows no secret. */
  readonly change?: string;
  run(call: C): Promise<Outcome<A>>;
}

/** Any operation, its types forgotten. */
export interface Operation extends Omit<
  Definition<Shape, Shape, unknown, unknown, never>,
  'run' | 'params' | 'query' | 'unknown'
> {
  /** With the tenant's part. */
  readonly path: string;
  readonly tenant: TenantPath | undefined;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly unknown: Reason;
  run(call: Call<unknown, unknown, unknown> & { readonly tenantId: TenantId | undefined }): Promise<Outcome<unknown>>;
}

const NOTHING_THERE = reason('path-not-found');

/** An operation of the whole service. */
export function serviceOperation<P extends Shape, Q extends Shape, B, A>(
  definition: Definition<P, Q, B, A, Call<Values<P>, Values<Q>, B>>,
): Operation {
  return forgotten(definition, undefined);
}

/**
 * An operation on what is a tenant's.
 *
 * @param definition its path begins after the tenant's
 */
export function tenantOperation<P extends Shape, Q extends Shape, B, A>(
  tenant: TenantPath,
  definition: Definition<P, Q, B, A, TenantCall<Values<P>, Values<Q>, B>>,
): Operation {
  return forgotten(definition, tenant);
}

/**
 * The types have done their work once `run` was checked against the schemas: what calls it takes its values from those.
 */
function forgotten<P extends Shape, Q extends Shape, B, A, C>(
  definition: Definition<P, Q, B, A, C>,
  tenant: TenantPath | undefined,
): Operation {
  return {
    ...(definition as unknown as Omit<Operation, 'tenant' | 'params' | 'query' | 'unknown'>),
    path: (tenant?.path ?? '') + definition.path,
    tenant,
    params: z.object({ ...tenant?.shape, ...definition.params }),
    query: z.strictObject(definition.query ?? {}),
    unknown: definition.unknown ?? NOTHING_THERE,
  };
}
