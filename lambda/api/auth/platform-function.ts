/**
 * Credentials that only the platform knows, such as its own API keys: its function turns them into a tenant, and the
 * answer is kept for a while.
 */
import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { CredentialFunction, CredentialHeader } from '../../core/shared/credentials';
import { PortUnavailable } from '../../core/shared/errors';
import { isTenantId } from '../../core/shared/identifiers';
import { DEFAULT_SCOPES, knownScopes, type TenantPrincipal, userIdOf } from './principal';
import type { Clock } from '../../core/shared/clock';

/** About 300 bytes each. */
const KEPT = 10_000;
/** So that a key works soon after it is made. */
const UNKNOWN_KEPT_MS = 5_000;

/** Fields of the platform's own are its affair. */
const answer = z.object({
  tenant_id: z.string(),
  user_id: z.string().optional(),
  scopes: z.array(z.string()).optional(),
});

interface Kept {
  readonly principal: TenantPrincipal | undefined;
  readonly until: number;
}

export class PlatformCredentials {
  private readonly kept = new Map<string, Kept>();

  /** @param cacheSeconds how long a credential that the function takes back may still work */
  constructor(
    private readonly platform: CredentialFunction,
    private readonly cacheSeconds: number,
    private readonly tenantParts: number,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns nothing for a credential that the platform does not know
   * @throws PortUnavailable when its function fails
   */
  async principal(credential: string, source: CredentialHeader): Promise<TenantPrincipal | undefined> {
    const name = `${source}:${createHash('sha256').update(credential).digest('base64url')}`;
    const now = this.clock.now();
    const known = this.kept.get(name);
    if (known !== undefined && now < known.until) return known.principal;
    const principal = this.read(await this.platform.ask(credential, source));
    this.keep(name, {
      principal,
      until: now + Math.min(this.cacheSeconds * 1000, principal === undefined ? UNKNOWN_KEPT_MS : Infinity),
    });
    return principal;
  }

  private keep(name: string, kept: Kept): void {
    this.kept.delete(name);
    if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(name, kept);
  }

  private read(value: unknown): TenantPrincipal | undefined {
    if (value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0))
      return undefined;
    const parsed = answer.safeParse(value);
    if (!parsed.success || !isTenantId(parsed.data.tenant_id, this.tenantParts))
      throw new PortUnavailable('function for credentials', new Error('its answer names no tenant of this platform'));
    const { tenant_id: tenantId, user_id: user, scopes } = parsed.data;
    const userId = userIdOf(user);
    return {
      kind: 'function',
      actor: `function${userId === undefined ? '' : `:${userId}`}`,
      tenantId,
      userId,
      scopes: scopes === undefined ? new Set(DEFAULT_SCOPES) : knownScopes(scopes),
    };
  }
}
