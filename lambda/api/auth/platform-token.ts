/**
 * JSON Web Tokens of the platform's own identity provider: asymmetric signatures only, keys from the provider's JSON
 * Web Key Set.
 */
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import type { DocumentSource } from '../../core/shared/credentials';
import { PortUnavailable } from '../../core/shared/errors';
import { isTenantId } from '../../core/shared/identifiers';
import type { TokenIssuer } from './auth-settings';
import { DEFAULT_SCOPES, knownScopes, type Scope, type TenantPrincipal, userIdOf } from './principal';
import type { Clock } from '../../core/shared/clock';

/** No shared secrets, and nothing weaker than these: RFC 8725, section 3.1 asks for a list. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const KEYS_KEPT_MS = 600_000;
/** A token that names a key that nobody has must not turn every request into a fetch. */
const UNKNOWN_KEY_AGAIN_AFTER_MS = 30_000;
const FAILED_AGAIN_AFTER_MS = 5_000;

interface KeySet {
  readonly find: JWTVerifyGetKey;
  readonly readAt: number;
}

export class PlatformTokens {
  private readonly keySets = new Map<string, KeySet>();
  private readonly failures = new Map<string, { readonly error: PortUnavailable; readonly at: number }>();

  constructor(
    private readonly issuers: readonly TokenIssuer[],
    private readonly tenantParts: number,
    private readonly documents: DocumentSource,
    private readonly clock: Clock,
  ) {}

  knows(issuer: string): boolean {
    return this.issuers.some((each) => each.issuer === issuer);
  }

  /**
   * @returns nothing for a token that does not verify, or names no tenant
   * @throws PortUnavailable when the provider's keys cannot be had
   */
  async principal(token: string, issuer: string): Promise<TenantPrincipal | undefined> {
    for (const each of this.issuers) {
      if (each.issuer !== issuer) continue;
      const claims = await this.verified(token, each);
      if (claims !== undefined) return this.principalOf(claims, each);
    }
    return undefined;
  }

  private async verified(token: string, issuer: TokenIssuer): Promise<JWTPayload | undefined> {
    const { errors, jwtVerify } = await import('jose');
    const verify = async ({ find }: KeySet) =>
      (
        await jwtVerify(token, find, {
          algorithms: ALGORITHMS,
          issuer: issuer.issuer,
          audience: issuer.audience,
          currentDate: new Date(this.clock.now()),
          requiredClaims: ['exp'],
        })
      ).payload;
    try {
      const keys = await this.keys(issuer.jwksUrl, KEYS_KEPT_MS);
      try {
        return await verify(keys);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        const newer = await this.keys(issuer.jwksUrl, UNKNOWN_KEY_AGAIN_AFTER_MS);
        return newer === keys ? undefined : await verify(newer);
      }
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  /** @param keptMs how old a set may be that was read before */
  private async keys(url: string, keptMs: number): Promise<KeySet> {
    const now = this.clock.now();
    const known = this.keySets.get(url);
    if (known !== undefined && now - known.readAt < keptMs) return known;
    const failure = this.failures.get(url);
    if (failure !== undefined && now - failure.at < FAILED_AGAIN_AFTER_MS) throw failure.error;
    try {
      const read = { find: await this.read(url), readAt: now };
      this.keySets.set(url, read);
      return read;
    } catch (error) {
      if (error instanceof PortUnavailable) this.failures.set(url, { error, at: now });
      throw error;
    }
  }

  private async read(url: string): Promise<JWTVerifyGetKey> {
    const text = await this.documents.get(url);
    const { createLocalJWKSet } = await import('jose');
    try {
      return createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
    } catch {
      throw new PortUnavailable('key set of the identity provider', new Error('it is not a JSON Web Key Set'));
    }
  }

  private principalOf(
    claims: JWTPayload,
    { tenantClaim, userClaim, scopeClaim }: TokenIssuer,
  ): TenantPrincipal | undefined {
    const tenantId = claims[tenantClaim];
    if (typeof tenantId !== 'string' || !isTenantId(tenantId, this.tenantParts)) return undefined;
    const userId = userIdOf(claims[userClaim]);
    return {
      kind: 'jwt',
      actor: `jwt${userId === undefined ? '' : `:${userId}`}`,
      tenantId,
      userId,
      scopes: scopesOf(claims, scopeClaim),
    };
  }
}

/** Where a claim is to say them, a token without it has none. */
function scopesOf(claims: JWTPayload, scopeClaim: string | undefined): ReadonlySet<Scope> {
  if (scopeClaim === undefined) return new Set(DEFAULT_SCOPES);
  const claim = claims[scopeClaim];
  if (typeof claim === 'string') return knownScopes(claim.split(' '));
  return knownScopes(Array.isArray(claim) ? claim.filter((each) => typeof each === 'string') : []);
}
