/**
 * API Gateway's HTTP API, payload format 2.0 (AWS, "Create AWS Lambda proxy integrations for HTTP APIs"), to a request
 * of a receiver; and what it came to, to an answer.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { IncomingRequest, Reception } from '../core/receiving/receive';

export type ReceiverEvent = Pick<APIGatewayProxyEventV2, 'routeKey' | 'headers' | 'body' | 'isBase64Encoded'> & {
  readonly requestContext: Pick<APIGatewayProxyEventV2['requestContext'], 'requestId'>;
};

/**
 * Bytes that are UTF-8 come as they were sent, whatever their type; others only under a type that API Gateway takes for
 * binary.
 */
export function requestOf({ headers, body = '', isBase64Encoded }: ReceiverEvent): IncomingRequest {
  return { headers, body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') };
}

export function answerOf(reception: Reception): APIGatewayProxyStructuredResultV2 {
  switch (reception.outcome) {
    case 'received':
    case 'duplicate':
      return json(200, { received: true });
    case 'challenge':
      return json(200, { challenge: reception.challenge });
    default: {
      const { status, code, reason, retryAfterSeconds: retryAfter } = reception;
      return json(
        status,
        { received: false, error: { message: reason, code } },
        retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      );
    }
  }
}

function json(
  statusCode: number,
  body: object,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
