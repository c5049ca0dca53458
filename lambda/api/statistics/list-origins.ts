import type { SubscriptionId } from '../../core/shared/identifiers';
import type { ApiContext } from '../context';
import { formatCursor, readCursor } from '../http/cursor';
import { type Operation, tenantOperation } from '../http/operation';
import { page, PAGE_QUERY, pageOf } from '../http/pages';
import { ORIGIN_EXAMPLE, originResource, originSchema } from './origin-resource';

/** The start of the key of an origin's row: see urlTarget. */
const ORIGIN_PREFIX = 'url:';

export function listOrigins({ tenant, ports }: ApiContext): Operation {
  return tenantOperation(tenant, {
    id: 'listOrigins',
    method: 'get',
    path: '/webhooks/origins',
    tag: 'Deliveries',
    summary: 'List the origins that events named themselves',
    description: 'Of the `webhook_url` of events that had one. Their deliveries are listed by `id`.',
    query: PAGE_QUERY,
    success: {
      status: 200,
      description: 'A page of origins, in no telling order.',
      schema: pageOf(originSchema, 'OriginList'),
      example: { data: [ORIGIN_EXAMPLE], has_more: false },
    },
    errors: [409],
    async run({ tenantId, query: { cursor, limit } }) {
      const list = ['origins', tenantId];
      const before = cursor === undefined ? undefined : ((ORIGIN_PREFIX + readCursor(cursor, list)) as SubscriptionId);
      const { origins, after } = await ports.figures.origins(tenantId, limit, before);
      const next = after === undefined ? undefined : formatCursor(after.slice(ORIGIN_PREFIX.length), list);
      return { body: page(origins.map(originResource), next) };
    },
  });
}
