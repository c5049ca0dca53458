/**
 * Portal tokens: what a customer's browser carries for at most an hour, made by the platform's backend. JSON Web Tokens
 * (RFC 7519), HS256 under a key of the portal's ring, which the token names: a key taken off the ring ends its tokens.
 */
import type { NamedKey, NamedKeys } from '../../core/shared/credentials';
import { isTenantId, type TenantId } from '../../core/shared/identifiers';
import { knownScopes, type Scope, type TenantPrincipal } from './principal';

export const PORTAL_ISSUER = 'cdk-webhooks';
export const PORTAL_TOKEN_MIN_SECONDS = 60;
export const PORTAL_TOKEN_MAX_SECONDS = 3600;
/** A browser is no producer. */
export const PORTAL_SCOPES = [
  'webhooks:read',
  'webhooks:write',
  'webhooks:secrets',
] as const satisfies readonly Scope[];
export type PortalScope = (typeof PORTAL_SCOPES)[number];
export const DEFAULT_PORTAL_SCOPES: readonly PortalScope[] = ['webhooks:read', 'webhooks:write'];

const ALGORITHM = 'HS256';

export interface PortalSession {
  readonly tenantId: TenantId;
  readonly userId?: string;
  readonly scopes: readonly PortalScope[];
  /** {@link PORTAL_TOKEN_MIN_SECONDS} to {@link PORTAL_TOKEN_MAX_SECONDS}. */
  readonly seconds: number;
}

/**
 * @param service the audience
 * @param now epoch milliseconds
 */
export async function makePortalToken(
  session: PortalSession,
  key: NamedKey,
  service: string,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const { SignJWT } = await import('jose');
  const issuedAt = Math.floor(now / 1000);
  const expiresAt = issuedAt + session.seconds;
  const unsigned = new SignJWT({ tenant: session.tenantId, scope: session.scopes.join(' ') })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.name, typ: 'JWT' })
    .setIssuer(PORTAL_ISSUER)
    .setAudience(service)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt);
  if (session.userId !== undefined) unsigned.setSubject(session.userId);
  return { token: await unsigned.sign(signingKey(key)), expiresAt: expiresAt * 1000 };
}

/**
 * The link that opens the dashboard with a token. It rides in the fragment, which browsers keep to themselves: it is in
 * no request, so in no log, and in no `Referer` (RFC 9110, section 10.1.3).
 *
 * @param dashboardUrl without a fragment
 */
export function portalLink(dashboardUrl: string, token: string): string {
  return `${dashboardUrl}#token=${token}`;
}

interface PortalRules {
  readonly service: string;
  readonly tenantParts: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** @returns nothing for a token that is altered, expired, for another audience, or signed otherwise */
export async function readPortalToken(
  token: string,
  keyName: string | undefined,
  keys: NamedKeys,
  rules: PortalRules,
): Promise<TenantPrincipal | undefined> {
  const key = keys.all.find(({ name }) => name === keyName);
  if (key === undefined) return undefined;
  const { errors, jwtVerify } = await import('jose');
  try {
    const { payload } = await jwtVerify(token, signingKey(key), {
      algorithms: [ALGORITHM],
      issuer: PORTAL_ISSUER,
      audience: rules.service,
      currentDate: new Date(rules.now),
      requiredClaims: ['exp', 'iat', 'tenant', 'scope'],
    });
    const { tenant, scope, sub, exp, iat } = payload;
    if (typeof tenant !== 'string' || !isTenantId(tenant, rules.tenantParts) || typeof scope !== 'string')
      return undefined;
    if (exp! - iat! > PORTAL_TOKEN_MAX_SECONDS) return undefined;
    const scopes = new Set(
      [...knownScopes(scope.split(' '))].filter((each) => (PORTAL_SCOPES as readonly Scope[]).includes(each)),
    );
    return {
      kind: 'portal',
      actor: `portal:${key.name}${sub === undefined ? '' : `:${sub}`}`,
      tenantId: tenant,
      userId: sub,
      scopes,
    };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function signingKey({ value }: NamedKey): Uint8Array {
  return Buffer.from(value, 'utf8');
}
