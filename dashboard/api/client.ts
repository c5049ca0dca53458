/** The management API as the page sees it: typed by its own description, one tenant, one token. */
import createClient, { type Client, defaultPathSerializer } from 'openapi-fetch';
import { noteServerDate } from '../session/server-clock';
import { apiError, Unreachable } from './error';
import type { paths } from './schema';

export interface ApiAccess {
  /** Ends with a slash. */
  readonly base: string;
  /** As the platform's profile names its parts, such as `/organizations/{organization_id}/teams/{team_id}`. */
  readonly tenantPath: string;
  /** Its parts joined by `/`. */
  readonly tenant: string;
  readonly token: string;
  /** The server does not take the token, or takes it no longer. */
  readonly onUnauthenticated: () => void;
  /**
   * How long an answer may take, in milliseconds.
   *
   * @default - 30 s to a read, a minute to what changes something: longer than the API itself takes at most
   */
  readonly patience?: number;
}

const READ_MS = 30_000;
const CHANGE_MS = 60_000;

/** The types are of a profile whose tenants have one part; the path is of the platform's. */
const TENANT = '/tenants/{tenant_id}';

export function concreteTenantPath(tenantPath: string, tenant: string): string {
  const parts = tenant.split('/');
  return tenantPath.replace(/\{[^}]+\}/g, () => encodeURIComponent(parts.shift() ?? ''));
}

export function makeClient({ base, tenantPath, tenant, token, onUnauthenticated, patience }: ApiAccess): Client<paths> {
  const tenantAt = concreteTenantPath(tenantPath, tenant);
  const client = createClient<paths>({
    baseUrl: base.replace(/\/$/, ''),
    pathSerializer: (url, parameters) =>
      defaultPathSerializer(
        url.replace(TENANT, () => tenantAt),
        parameters,
      ),
    credentials: 'omit',
    cache: 'no-store',
    fetch: (request) =>
      fetch(request, {
        signal: AbortSignal.any([
          request.signal,
          AbortSignal.timeout(patience ?? (request.method === 'GET' ? READ_MS : CHANGE_MS)),
        ]),
      }),
  });
  client.use({
    onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${token}`);
      return request;
    },
    onResponse({ response }) {
      noteServerDate(response.headers.get('date'));
      if (response.status === 401) onUnauthenticated();
    },
    onError: ({ error }) =>
      error instanceof DOMException && error.name === 'AbortError'
        ? error
        : new Unreachable('the API did not answer', { cause: error }),
  });
  return client;
}

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** @throws ApiError for an answer that is an error, Unreachable when there is none in time */
export async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer.catch((cause: unknown) => {
    // The time was over while the answer came in.
    throw cause instanceof DOMException && cause.name === 'TimeoutError'
      ? new Unreachable('the API did not answer', { cause })
      : cause;
  });
  if (!response.ok) throw apiError(response, error);
  return data as T;
}
