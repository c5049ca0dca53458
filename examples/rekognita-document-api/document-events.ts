/**
 * What a customer is told of a document: events in the form of the webhook guide, as messages for the sender's event
 * queue.
 */
import type { Document, RecognitionResult } from './document';

/** The message of one event (docs/events.md of cdk-webhooks). */
export interface EventMessage {
  readonly event_id: string;
  readonly event_type: string;
  readonly tenant_id: string;
  readonly webhook_url: string;
  readonly payload: object;
}

/**
 * A part of a large document.
 *
 * @param part counts from 1
 */
export function partialEvent(document: Document, part: number, result: RecognitionResult): EventMessage[] {
  return message(document, 'document.partial', `partial:${part}`, {
    status: 'processing',
    created_at: document.createdAt,
    result,
  });
}

/** How a document ended. */
export function settledEvent(document: Document): EventMessage[] {
  const { status, createdAt, completedAt, result, error } = document;
  return message(document, `document.${status}`, status, {
    status,
    created_at: createdAt,
    completed_at: completedAt,
    result,
    error,
  });
}

/**
 * None for a document that names no URL. An event's id follows from the document and the step: work that is done again
 * makes the same ids, which the sender knows from the first time. Subscriptions do not come into it: an event that
 * names its URL goes there alone, signed with the account's secret.
 */
function message({ id, accountId, webhookUrl }: Document, type: string, step: string, payload: object): EventMessage[] {
  if (webhookUrl === undefined) return [];
  return [
    {
      event_id: `${id}:${step}`,
      event_type: type,
      tenant_id: accountId,
      webhook_url: webhookUrl,
      payload: { event: type, document_id: id, ...payload },
    },
  ];
}
