/** What the page asks of the management API, and in which shapes it answers. */
import type { Client } from 'openapi-fetch';
import { dataOf } from './client';
import { topLevelSource } from './json-source';
import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type Webhook = Schemas['Webhook'];
export type WebhookList = Schemas['WebhookList'];
export type EventType = Schemas['EventType'];
export type Delivery = Schemas['Delivery'];
export type DeliveryList = Schemas['DeliveryList'];
export type DeliveryStatus = Delivery['processing_status'];
export type Attempt = Schemas['Attempt'];
export type RequestHeader = Schemas['RequestHeader'];
export type Recovery = Schemas['Recovery'];
export type Statistics = Schemas['Statistics'];
export type HourFigures = Schemas['HourFigures'];
export type Period = Statistics['period'];
export type TestResult = Schemas['TestResult'];
export type Health = Schemas['WebhookHealth'];
export type Origin = Schemas['Origin'];
export type OriginList = Schemas['OriginList'];
export type AccountSecret = Schemas['AccountSecret'];
export type SignatureSchemes = Schemas['SignatureSchemes'];
export type SignatureScheme = SignatureSchemes['schemes'][number];
export type UrlVerdict = Schemas['UrlVerdict'];

/** A delivery read alone, its body as the text that is sent. */
export type DeliveryDetail = Omit<Schemas['DeliveryDetail'], 'payload' | 'payload_text'> & {
  /** Absent: it is kept no longer. */
  readonly body?: string;
};

/** The types of events differ by platform; those of the description are one platform's. */
export interface WebhookInput {
  readonly url: string;
  readonly events: readonly string[];
  readonly description?: string;
  readonly enabled?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Deliveries a second. */
  readonly rate_limit?: number | null;
}

/** What is left out stays as it is; an empty description, no headers or a rate limit of null take them away. */
export type WebhookChange = Partial<Omit<WebhookInput, 'events'>> & Pick<WebhookInput, 'events'>;

export interface DeliveryFilter {
  readonly status?: DeliveryStatus;
  readonly eventType?: string;
}

/** A page of a list, in rows. */
export const PAGE_ROWS = 20;

export type Operations = ReturnType<typeof operationsOf>;

/** The tenant's part of a path is the client's to fill in. */
const tenant = { tenant_id: '' };

export function operationsOf(client: Client<paths>) {
  const withId = (id: string) => ({ params: { path: { ...tenant, webhook_id: id } } });
  return {
    webhooks: (cursor?: string, signal?: AbortSignal): Promise<WebhookList> =>
      dataOf(
        client.GET('/tenants/{tenant_id}/webhooks', {
          params: { path: tenant, query: { limit: PAGE_ROWS, ...(cursor !== undefined && { cursor }) } },
          signal,
        }),
      ),

    webhook: (id: string, signal?: AbortSignal): Promise<Webhook> =>
      dataOf(client.GET('/tenants/{tenant_id}/webhooks/{webhook_id}', { ...withId(id), signal })),

    createWebhook: (input: WebhookInput): Promise<Webhook> =>
      dataOf(
        client.POST('/tenants/{tenant_id}/webhooks', {
          params: { path: tenant },
          body: input as Schemas['CreateWebhook'],
        }),
      ),

    updateWebhook: (id: string, change: WebhookChange): Promise<Webhook> =>
      dataOf(
        client.PUT('/tenants/{tenant_id}/webhooks/{webhook_id}', {
          ...withId(id),
          body: change as Schemas['UpdateWebhook'],
        }),
      ),

    deleteWebhook: (id: string): Promise<unknown> =>
      dataOf(client.DELETE('/tenants/{tenant_id}/webhooks/{webhook_id}', withId(id))),

    regenerateSecret: (id: string, overlapSeconds: number): Promise<Webhook> =>
      dataOf(
        client.POST('/tenants/{tenant_id}/webhooks/{webhook_id}/regenerate-secret', {
          ...withId(id),
          body: { overlap_seconds: overlapSeconds },
        }),
      ),

    /** @param eventType without it, the test event of no type of the catalog */
    testWebhook: (id: string, eventType?: string): Promise<TestResult> =>
      dataOf(
        client.POST('/tenants/{tenant_id}/webhooks/{webhook_id}/test', {
          ...withId(id),
          body: (eventType === undefined ? {} : { event_type: eventType }) as Schemas['TestWebhook'],
        }),
      ),

    health: (id: string): Promise<Health> =>
      dataOf(client.GET('/tenants/{tenant_id}/webhooks/{webhook_id}/health', withId(id))),

    checkUrl: (url: string, signal?: AbortSignal): Promise<UrlVerdict> =>
      dataOf(
        client.POST('/tenants/{tenant_id}/webhooks/check-url', { params: { path: tenant }, body: { url }, signal }),
      ),

    /** @param target a webhook's id, or an origin's */
    deliveries: (
      target: string,
      { status, eventType }: DeliveryFilter,
      cursor?: string,
      signal?: AbortSignal,
    ): Promise<DeliveryList> =>
      dataOf(
        client.GET('/tenants/{tenant_id}/webhooks/events', {
          params: {
            path: tenant,
            query: {
              subscription_id: target,
              limit: PAGE_ROWS,
              ...(status !== undefined && { processing_status: status }),
              ...(eventType !== undefined && { event_type: eventType as never }),
              ...(cursor !== undefined && { cursor }),
            },
          },
          signal,
        }),
      ),

    eventDeliveries: (eventId: string, cursor?: string, signal?: AbortSignal): Promise<DeliveryList> =>
      dataOf(
        client.GET('/tenants/{tenant_id}/webhooks/events/{event_id}/deliveries', {
          params: {
            path: { ...tenant, event_id: eventId },
            query: { limit: PAGE_ROWS, ...(cursor !== undefined && { cursor }) },
          },
          signal,
        }),
      ),

    delivery: async (id: string, signal?: AbortSignal): Promise<DeliveryDetail> => {
      const text = await dataOf(
        client.GET('/tenants/{tenant_id}/webhooks/events/{delivery_id}', {
          params: { path: { ...tenant, delivery_id: id } },
          parseAs: 'text',
          signal,
        }),
      );
      const { payload, payload_text: plain, ...rest } = JSON.parse(text) as Schemas['DeliveryDetail'];
      // JSON.parse would round numbers that a double does not hold: the body is taken from the answer's own text.
      const body = payload === undefined ? plain : topLevelSource(text, 'payload');
      return { ...rest, ...(body !== undefined && { body }) };
    },

    retryDelivery: (id: string): Promise<Schemas['Retry']> =>
      dataOf(
        client.POST('/tenants/{tenant_id}/webhooks/events/{delivery_id}/retry', {
          params: { path: { ...tenant, delivery_id: id } },
        }),
      ),

    recovery: (id: string, signal?: AbortSignal): Promise<Recovery> =>
      dataOf(client.GET('/tenants/{tenant_id}/webhooks/{webhook_id}/recoveries', { ...withId(id), signal })),

    startRecovery: (id: string, since: string): Promise<Recovery> =>
      dataOf(client.POST('/tenants/{tenant_id}/webhooks/{webhook_id}/recoveries', { ...withId(id), body: { since } })),

    /** @param target a webhook's id or an origin's; without it, of all */
    statistics: (period: Period, target?: string, signal?: AbortSignal): Promise<Statistics> =>
      dataOf(
        client.GET('/tenants/{tenant_id}/webhooks/stats', {
          params: { path: tenant, query: { period, ...(target !== undefined && { subscription_id: target }) } },
          signal,
        }),
      ),

    catalog: async (signal?: AbortSignal): Promise<readonly EventType[]> =>
      (await dataOf(client.GET('/webhooks/event-catalog', { signal }))).event_types,

    signatureSchemes: (signal?: AbortSignal): Promise<SignatureSchemes> =>
      dataOf(client.GET('/webhooks/signature-schemes', { signal })),

    origins: (cursor?: string, signal?: AbortSignal): Promise<OriginList> =>
      dataOf(
        client.GET('/tenants/{tenant_id}/webhooks/origins', {
          params: { path: tenant, query: { limit: PAGE_ROWS, ...(cursor !== undefined && { cursor }) } },
          signal,
        }),
      ),

    accountSecret: (): Promise<AccountSecret> =>
      dataOf(client.GET('/tenants/{tenant_id}/webhooks/account-secret', { params: { path: tenant } })),

    regenerateAccountSecret: (overlapSeconds: number): Promise<AccountSecret> =>
      dataOf(
        client.POST('/tenants/{tenant_id}/webhooks/account-secret/regenerate', {
          params: { path: tenant },
          body: { overlap_seconds: overlapSeconds },
        }),
      ),
  };
}
