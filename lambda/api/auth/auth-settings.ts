/** Whom the API trusts beside its own keys, as the construct says it (`ApiAuth` of lib/api-auth.ts). */
import { z } from '@hono/zod-openapi';
import { SettingsError } from '../../core/shared/errors';

const issuer = z.strictObject({
  issuer: z.string().min(1),
  audience: z.string().min(1),
  /** Claim that holds the tenant id, its parts joined by `/`. */
  tenantClaim: z.string().min(1),
  userClaim: z.string().min(1),
  /**
   * Claim that holds scopes, as a list or separated by spaces. With it a token has the scopes that it says and no
   * others.
   */
  scopeClaim: z.string().min(1).optional(),
  jwksUrl: z.string().min(1),
});

const authSettings = z.strictObject({
  version: z.literal(1),
  /** Whether API Gateway has the IAM route /iam/... */
  iam: z.boolean(),
  jwt: z.array(issuer),
  /** The platform's own function that turns a credential into a tenant. */
  lambda: z
    .strictObject({ functionName: z.string().min(1), cacheSeconds: z.number().int().min(0).max(3600) })
    .optional(),
});

export type TokenIssuer = z.infer<typeof issuer>;
export type AuthSettings = z.infer<typeof authSettings>;

/**
 * @param json the value of the environment variable `API_AUTH`
 * @throws SettingsError
 */
export function parseAuthSettings(json: string): AuthSettings {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new SettingsError(`API_AUTH is not JSON: ${(error as Error).message}`);
  }
  const parsed = authSettings.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SettingsError(
    `API_AUTH: ${issue?.path.join('.')}: ${issue?.message}; construct and function versions differ, redeploy the stack`,
  );
}
