import { portalLink, PORTAL_SCOPES, PORTAL_TOKEN_MAX_SECONDS } from '../lambda/api/auth/portal-token';
import type { DeployedStack } from './stack-file';
import { UserError } from './user-error';

/**
 * A link that opens a stack's dashboard for a tenant for an hour, with all rights that a page can have: asked of the
 * management API, as a platform's backend does. The API's own answer names the address that AWS gave it, which does not
 * lead here.
 *
 * @throws {UserError} with what the API said
 */
export async function openPortal(
  { apiUrl, dashboardUrl, operatorApiKey }: Pick<DeployedStack, 'apiUrl' | 'dashboardUrl' | 'operatorApiKey'>,
  tenant: string,
): Promise<string> {
  const answer = await fetch(`${apiUrl}/portal-sessions`, {
    method: 'POST',
    headers: { 'x-api-key': operatorApiKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      tenant_id: tenant,
      user_id: 'local',
      scopes: PORTAL_SCOPES,
      expires_in_seconds: PORTAL_TOKEN_MAX_SECONDS,
    }),
  });
  const text = await answer.text();
  if (answer.status !== 201)
    throw new UserError(`The management API made no portal session for "${tenant}": ${answer.status} ${text}`);
  return portalLink(dashboardUrl, (JSON.parse(text) as { token: string }).token);
}
