/**
 * API Gateway's HTTP API, payload format 2.0 (AWS, "Create AWS Lambda proxy integrations for HTTP APIs"), to a request
 * and back. Of our own instead of Hono's, for the bytes: what a body holds is what was sent, every method gets an
 * answer, and the IAM route's prefix is taken off here, where API Gateway says whose signature it has verified.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Api, GatewayFacts } from './app';

const IAM_PREFIX = '/iam';
/** Methods that a Request refuses to have (WHATWG Fetch, "forbidden method"): no path takes this one in their place. */
const FORBIDDEN_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);
const NO_METHOD = 'UNKNOWN';
/** A Request of these has no body; what was sent means nothing (RFC 9110, section 9.3.1). */
const BODILESS_METHODS = new Set(['GET', 'HEAD']);
/** What a header may hold (RFC 9110, section 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export type HttpApiEvent = Pick<
  APIGatewayProxyEventV2,
  'rawPath' | 'rawQueryString' | 'headers' | 'body' | 'isBase64Encoded'
> & {
  readonly requestContext: Pick<APIGatewayProxyEventV2['requestContext'], 'http' | 'requestId'> & {
    readonly authorizer?: { readonly iam?: { readonly userArn?: string } | null };
  };
};

/** @param iam whether the IAM route is there */
export async function answerEvent(
  event: HttpApiEvent,
  api: Api,
  iam: boolean,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { path, ...facts } = callerOf(event, iam);
  const response = await api.fetch(requestOf(event, path), facts);
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}

function callerOf(
  { rawPath, requestContext: { requestId, authorizer } }: HttpApiEvent,
  iam: boolean,
): GatewayFacts & { readonly path: string } {
  const iamArn = authorizer?.iam?.userArn;
  if (!iam || iamArn === undefined || !rawPath.startsWith(`${IAM_PREFIX}/`)) return { path: rawPath, requestId };
  return { path: rawPath.slice(IAM_PREFIX.length), requestId, iamArn };
}

function requestOf(
  { rawQueryString, headers, body, isBase64Encoded, requestContext }: HttpApiEvent,
  path: string,
): Request {
  const given = requestContext.http.method.toUpperCase();
  const method = FORBIDDEN_METHODS.has(given) ? NO_METHOD : given;
  const url = new URL('https://api.invalid');
  url.pathname = path; // API Gateway may have decoded it: what would end a path is part of it here
  url.search = rawQueryString;
  const valid = Object.entries(headers).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && HEADER_VALUE.test(entry[1]),
  );
  const bodiless = body === undefined || BODILESS_METHODS.has(method);
  return new Request(url, {
    method,
    headers: valid,
    body: bodiless ? undefined : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  });
}
