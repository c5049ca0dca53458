/**
 * API Gateway's HTTP API, payload format 2.0 (AWS, "Create AWS Lambda proxy integrations for HTTP APIs"), to a request
 * for the page and back.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { PageAnswer, PageRequest } from './answer';

export type PageEvent = Pick<APIGatewayProxyEventV2, 'rawPath' | 'headers'> & {
  readonly requestContext: Pick<APIGatewayProxyEventV2['requestContext'], 'http' | 'requestId'>;
};

export function requestOf({ rawPath, headers, requestContext }: PageEvent): PageRequest {
  return { method: requestContext.http.method.toUpperCase(), path: rawPath, headers };
}

export function resultOf({ status, headers, body }: PageAnswer): APIGatewayProxyStructuredResultV2 {
  const text = typeof body === 'string' || body === undefined;
  return {
    statusCode: status,
    headers: { ...headers },
    body: text ? (body ?? '') : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
    isBase64Encoded: !text,
  };
}
