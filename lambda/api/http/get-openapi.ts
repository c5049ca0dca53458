import { z } from '@hono/zod-openapi';
import type { ApiSettings } from '../context';
import { type OpenApiDocument, openApiDocument } from './openapi';
import { type Operation, serviceOperation } from './operation';

const CACHE_SECONDS = 300;

/** The operation that serves the document of the others, and of itself. */
export function getOpenApi(settings: ApiSettings, others: readonly Operation[]): Operation {
  let document: OpenApiDocument | undefined;
  const operation: Operation = serviceOperation({
    id: 'getOpenApi',
    method: 'get',
    path: '/openapi.json',
    tag: 'Catalog',
    summary: 'Read this document',
    description: 'OpenAPI 3.1.',
    success: {
      status: 200,
      description: 'The document.',
      schema: z.record(z.string(), z.unknown()),
      example: { openapi: '3.1.0' },
    },
    run: () => {
      document ??= openApiDocument(settings, [operation, ...others]);
      return Promise.resolve({
        body: { ...document },
        headers: { 'cache-control': `public, max-age=${CACHE_SECONDS}` },
      });
    },
  });
  return operation;
}
