import type { TenantId } from '../../core/shared/identifiers';
import {
  DEFAULT_PORTAL_SCOPES,
  makePortalToken,
  portalLink,
  PORTAL_SCOPES,
  PORTAL_TOKEN_MAX_SECONDS,
} from '../auth/portal-token';
import type { ApiContext } from '../context';
import { type Operation, serviceOperation } from '../http/operation';
import { tenantExample } from '../http/tenant-path';
import { time } from '../http/time';
import { newPortalSessionSchema, PORTAL_SESSION_EXAMPLE, portalSessionSchema } from './portal-session-resource';

export function createPortalSession({ settings, tenant, ports }: ApiContext): Operation {
  return serviceOperation({
    id: 'createPortalSession',
    method: 'post',
    path: '/portal-sessions',
    tag: 'Portal',
    summary: 'Make a portal token',
    description:
      'A bearer token for one tenant, for its browser, for an hour at most, and the link that opens the ' +
      'dashboard with it where there is a dashboard. It ends early when the key that it names is taken off ' +
      'the ring of portal keys.',
    body: {
      kind: 'json',
      required: true,
      schema: newPortalSessionSchema(tenant),
      example: { tenant_id: tenantExample(tenant), user_id: 'user_789' },
    },
    success: {
      status: 201,
      description: 'The token.',
      schema: portalSessionSchema,
      example: PORTAL_SESSION_EXAMPLE,
    },
    change: 'portal-session.created',
    async run({ body: { tenant_id: given, user_id: userId, scopes: asked, expires_in_seconds: seconds } }) {
      const tenantId = given as TenantId;
      const scopes = PORTAL_SCOPES.filter((scope) => (asked ?? DEFAULT_PORTAL_SCOPES).includes(scope));
      const { current } = await ports.portalKeys.keys();
      const { token, expiresAt } = await makePortalToken(
        { tenantId, userId, scopes, seconds: seconds ?? PORTAL_TOKEN_MAX_SECONDS },
        current,
        settings.service,
        ports.clock.now(),
      );
      const url = settings.portalUrl === undefined ? undefined : portalLink(settings.portalUrl, token);
      return { body: { token, expires_at: time(expiresAt), scopes, url }, tenantId, resource: userId };
    },
  });
}
