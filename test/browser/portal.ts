/** Ways into the dashboard: by the link that a platform's backend gets of a portal session, and shows its customer. */
import type { Page } from 'playwright-core';
import { portalLink, type PortalScope, PORTAL_SCOPES } from '../../lambda/api/auth/portal-token';
import type { DeployedStack } from '../../local/stack-file';
import { ManagementClient } from '../e2e/management-client';
import type { Language } from './words';

export interface PortalOptions {
  /** @default - all that a page can have */
  readonly scopes?: readonly PortalScope[];
  /**
   * 60 to 3600.
   *
   * @default 3600
   */
  readonly seconds?: number;
  /**
   * Where to begin, such as `/webhooks`.
   *
   * @default - where the page begins by itself
   */
  readonly at?: string;
  readonly language?: Language;
}

export async function portalToken(
  stack: DeployedStack,
  tenant: string,
  { scopes = PORTAL_SCOPES, seconds = 3600 }: PortalOptions = {},
): Promise<string> {
  const operator = new ManagementClient(stack.apiUrl, stack.operatorApiKey);
  const { token } = await operator.done<{ token: string }>('POST', '/portal-sessions', {
    tenant_id: tenant,
    user_id: 'olena',
    scopes,
    expires_in_seconds: seconds,
  });
  return token;
}

export function linkWith(stack: DeployedStack, token: string, { at, language }: PortalOptions = {}): string {
  const more = { ...(at !== undefined && { page: at }), ...(language !== undefined && { lang: language }) };
  const query = new URLSearchParams(more).toString();
  return portalLink(stack.dashboardUrl, token) + (query === '' ? '' : `&${query}`);
}

/** Opens the dashboard for a tenant, and waits for its first page. */
export async function enter(
  page: Page,
  stack: DeployedStack,
  tenant: string,
  options: PortalOptions = {},
): Promise<void> {
  await page.goto(linkWith(stack, await portalToken(stack, tenant, options), options));
  await page.getByRole('heading', { level: 1 }).waitFor();
}
