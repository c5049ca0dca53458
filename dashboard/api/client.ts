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
}

/** The types are of a profile whose tenants have one part; the path is of the platform's. */
const TENANT = '/tenants/{tenant_id}';

export function concreteTenantPath(tenantPath: string, tenant: string): string {
  const parts = tenant.split('/');
  return tenantPath.replace(/\{[^}]+\}/g, () => encodeURIComponent(parts.shift() ?? ''));
}

export function makeClient({ base, tenantPath, tenant, token, onUnauthenticated }: ApiAccess): Client<paths> {
  const tenantAt = concreteTenantPath(tenantPath, tenant);
  const client = createClient<paths>({
    baseUrl: base.replace(/\/$/, ''),
    pathSerializer: (url, parameters) => defaultPathSerializer(url.replace(TENANT, () => tenantAt), parameters),
    credentials: 'omit',
    cache: 'no-store',
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
    onError: ({ error }) => (error instanceof DOMException && error.name === 'AbortError' ? error : new Unreachable('the API did not answer', { cause: error })),
  });
  return client;
}

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** @throws ApiError for an answer that is an error */
export async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw apiError(response, error);
  return data as T;
}
