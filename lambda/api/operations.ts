/** All operations of the API. */
import { accountOperations } from './account/operations';
import { catalogOperations } from './catalog/operations';
import { type ApiContext, type ApiPorts, type ApiSettings, contextOf } from './context';
import { deliveryOperations } from './deliveries/operations';
import { eventOperations } from './events/operations';
import { getOpenApi } from './http/get-openapi';
import { type OpenApiDocument, openApiDocument } from './http/openapi';
import type { Operation } from './http/operation';
import { portalSessionOperations } from './portal-sessions/operations';
import { recoveryOperations } from './recoveries/operations';
import { statisticsOperations } from './statistics/operations';
import { webhookOperations } from './webhooks/operations';

/** In the order in which paths are tried. A fixed name comes before a parameter in its place. */
export function operationsOf(context: ApiContext): readonly Operation[] {
  const operations = [
    ...catalogOperations(context),
    ...portalSessionOperations(context),
    ...accountOperations(context),
    ...eventOperations(context),
    ...statisticsOperations(context),
    ...deliveryOperations(context),
    ...recoveryOperations(context),
    ...webhookOperations(context),
  ];
  return [getOpenApi(context.settings, operations), ...operations];
}

/** The document that the API serves. Nothing is called to make it, so there are no ports. */
export function documentOf(settings: ApiSettings): OpenApiDocument {
  return openApiDocument(settings, operationsOf(contextOf(settings, {} as ApiPorts)));
}
