/** One good request for every operation, as somebody would send it who may do everything. */
import type { OperationId } from '../../lambda/api/auth/access';
import { type EventId, publicDeliveryId, type TenantId } from '../../lambda/core/shared/identifiers';
import { type Answer, type CallOptions, createWebhook, type Harness, recordDelivery, tenantPathOf } from './harness';

export interface PreparedRequest {
  readonly method: string;
  readonly path: string;
  readonly options: CallOptions;
}

const EVENT = { event_id: 'event-2', event_type: 'job.completed', payload: { a: 1 } };

/** What a tenant has, and a request for each operation on it. */
export async function requestsFor(api: Harness, tenant: TenantId): Promise<Record<OperationId, PreparedRequest>> {
  const T = tenantPathOf(tenant);
  const { id: webhook } = await createWebhook(api, tenant);
  const delivery = publicDeliveryId(
    await recordDelivery(api, tenant, { subscriptionId: webhook }, { eventId: 'event-1' as EventId }),
  );
  const to = (method: string, path: string, body?: unknown, query?: string): PreparedRequest => ({
    method,
    path,
    options: { ...(body !== undefined && { body }), ...(query !== undefined && { query }) },
  });
  return {
    getOpenApi: to('GET', '/openapi.json'),
    listEventTypes: to('GET', '/webhooks/event-types'),
    getEventCatalog: to('GET', '/webhooks/event-catalog'),
    getSignatureSchemes: to('GET', '/webhooks/signature-schemes'),
    createPortalSession: to('POST', '/portal-sessions', { tenant_id: tenant }),
    listWebhooks: to('GET', `${T}/webhooks`),
    createWebhook: to('POST', `${T}/webhooks`, { url: 'https://hooks.example.com/', events: ['job.failed'] }),
    checkWebhookUrl: to('POST', `${T}/webhooks/check-url`, { url: 'https://hooks.example.com/' }),
    getWebhook: to('GET', `${T}/webhooks/${webhook}`),
    updateWebhook: to('PUT', `${T}/webhooks/${webhook}`, { events: ['job.failed'] }),
    deleteWebhook: to('DELETE', `${T}/webhooks/${webhook}`),
    regenerateWebhookSecret: to('POST', `${T}/webhooks/${webhook}/regenerate-secret`),
    testWebhook: to('POST', `${T}/webhooks/${webhook}/test`),
    getWebhookHealth: to('GET', `${T}/webhooks/${webhook}/health`),
    startRecovery: to('POST', `${T}/webhooks/${webhook}/recoveries`, { since: '2026-03-19T00:00:00Z' }),
    getRecovery: to('GET', `${T}/webhooks/${webhook}/recoveries`),
    listDeliveries: to('GET', `${T}/webhooks/events`, undefined, `subscription_id=${webhook}`),
    listEventDeliveries: to('GET', `${T}/webhooks/events/event-1/deliveries`),
    getDelivery: to('GET', `${T}/webhooks/events/${delivery}`),
    getPayload: to('GET', `${T}/webhooks/events/event-1/payload`),
    retryDelivery: to('POST', `${T}/webhooks/events/${delivery}/retry`),
    getStatistics: to('GET', `${T}/webhooks/stats`),
    listOrigins: to('GET', `${T}/webhooks/origins`),
    getAccountSecret: to('GET', `${T}/webhooks/account-secret`),
    regenerateAccountSecret: to('POST', `${T}/webhooks/account-secret/regenerate`),
    getPlan: to('GET', `${T}/plan`),
    setPlan: to('PUT', `${T}/plan`, { plan: 'growth' }),
    publishEvents: to('POST', `${T}/events`, EVENT),
  };
}

export function sendRequest(
  api: Harness,
  { method, path, options }: PreparedRequest,
  credential: CallOptions,
): Promise<Answer> {
  return api.call(method, path, { ...options, ...credential });
}
