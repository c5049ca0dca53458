/** A portal session as the API takes and shows it. */
import { z } from '@hono/zod-openapi';
import { portalLink, PORTAL_SCOPES, PORTAL_TOKEN_MAX_SECONDS, PORTAL_TOKEN_MIN_SECONDS } from '../auth/portal-token';
import { tenantIdField, type TenantPath } from '../http/tenant-path';
import { TIME } from '../http/time';
import { ownText } from '../webhooks/webhook-resource';

const USER_ID_MAX_CHARACTERS = 128;
const TOKEN_EXAMPLE = 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.e30.c2lnbmF0dXJl';

/** The request for a portal session. */
export function newPortalSessionSchema(tenant: TenantPath) {
  return z
    .strictObject({
      tenant_id: tenantIdField(tenant).openapi({ description: 'As events name it.' }),
      user_id: ownText()
        .min(1)
        .max(USER_ID_MAX_CHARACTERS)
        .optional()
        .openapi({ description: 'For the audit trail, and as maker of webhooks.' }),
      scopes: z
        .array(z.enum(PORTAL_SCOPES))
        .min(1)
        .max(PORTAL_SCOPES.length)
        .optional()
        .openapi({ description: '`webhooks:read` and `webhooks:write` unless said otherwise.' }),
      expires_in_seconds: z
        .int()
        .min(PORTAL_TOKEN_MIN_SECONDS)
        .max(PORTAL_TOKEN_MAX_SECONDS)
        .optional()
        .openapi({ default: PORTAL_TOKEN_MAX_SECONDS }),
    })
    .openapi('CreatePortalSession');
}

export const portalSessionSchema = z
  .object({
    token: z.string(),
    expires_at: TIME,
    scopes: z.array(z.enum(PORTAL_SCOPES)),
    url: z
      .string()
      .regex(/^https?:\/\/[^#]+#token=/)
      .optional()
      .openapi({
        description:
          'Opens the dashboard with this token, which is in the fragment: it goes to no server. As ' +
          'secret as the token.',
      }),
  })
  .openapi('PortalSession');

export const PORTAL_SESSION_EXAMPLE = {
  token: TOKEN_EXAMPLE,
  expires_at: '2026-03-19T11:21:44.000Z',
  scopes: ['webhooks:read', 'webhooks:write'],
  url: portalLink('https://webhooks.your-company.com/portal', TOKEN_EXAMPLE),
};
