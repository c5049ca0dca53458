/** A portal token, decoded only to know whose it is, what it may do and when it ends: the server alone verifies it. */

export type Scope = 'webhooks:read' | 'webhooks:write' | 'webhooks:secrets';

export interface Claims {
  /** Its parts joined by `/`. */
  readonly tenant: string;
  readonly scopes: ReadonlySet<string>;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** @returns nothing for what is no portal token */
export function readClaims(token: string): Claims | undefined {
  try {
    const [, body = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
    const { tenant, scope, iat, exp } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (typeof tenant !== 'string' || typeof scope !== 'string' || typeof iat !== 'number' || typeof exp !== 'number')
      return undefined;
    return { tenant, scopes: new Set(scope.split(' ')), issuedAt: iat * 1000, expiresAt: exp * 1000 };
  } catch {
    return undefined;
  }
}
