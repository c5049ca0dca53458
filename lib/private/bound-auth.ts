/** What a way of authentication comes to, as the API function reads it. */
export type BoundAuth =
  | { readonly kind: 'apiKey' }
  | { readonly kind: 'jwt'; readonly settings: JwtSettings }
  | { readonly kind: 'lambda'; readonly settings: { readonly functionName: string; readonly cacheSeconds: number } };

interface JwtSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly tenantClaim: string;
  readonly userClaim: string;
  readonly scopeClaim?: string;
  readonly jwksUrl: string;
}
