/** Portal sessions: the platform's backend asks for a token, its customer's browser uses it. */
import { z } from '@hono/zod-openapi';
import type { TenantId } from '../../core/shared/identifiers';
import type { ApiContext } from '../context';
import { type Operation, serviceOperation } from '../http/operation';
import {
  DEFAULT_PORTAL_SCOPES,
  makePortalToken,
  portalLink,
  PORTAL_SCOPES,
  PORTAL_TOKEN_MAX_SECONDS,
  PORTAL_TOKEN_MIN_SECONDS,
} from '../auth/portal-token';
import { tenantExample, tenantIdField } from '../http/tenant-path';
import { time, TIME } from '../http/time';
import { ownText } from '../webhooks/webhook-resource';

const USER_ID_MAX_CHARACTERS = 128;
const TOKEN_EXAMPLE = 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.e30.c2lnbmF0dXJl';

export function portalSessionOperations({ settings, tenant, ports }: ApiContext): Operation[] {
  return [
    serviceOperation({
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
        schema: z
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
          .openapi('CreatePortalSession'),
        example: { tenant_id: tenantExample(tenant), user_id: 'user_789' },
      },
      success: {
        status: 201,
        description: 'The token.',
        schema: z
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
          .openapi('PortalSession'),
        example: {
          token: TOKEN_EXAMPLE,
          expires_at: '2026-03-19T11:21:44.000Z',
          scopes: ['webhooks:read', 'webhooks:write'],
          url: portalLink('https://webhooks.your-company.com/portal', TOKEN_EXAMPLE),
        },
      },
      change: 'portal-session.created',
      async run({
        body: {
          tenant_id: given,
          user_id: userId,
          scopes: asked = DEFAULT_PORTAL_SCOPES,
          expires_in_seconds: seconds = PORTAL_TOKEN_MAX_SECONDS,
        },
      }) {
        const tenantId = given as TenantId;
        const scopes = PORTAL_SCOPES.filter((scope) => asked.includes(scope));
        const { current } = await ports.portalKeys.keys();
        const { token, expiresAt } = await makePortalToken(
          { tenantId, ...(userId !== undefined && { userId }), scopes, seconds },
          current,
          settings.service,
          ports.clock.now(),
        );
        const link = settings.portalUrl === undefined ? {} : { url: portalLink(settings.portalUrl, token) };
        return {
          body: { token, expires_at: time(expiresAt), scopes, ...link },
          tenantId,
          ...(userId !== undefined && { resource: userId }),
        };
      },
    }),
  ];
}
