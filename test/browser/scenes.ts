/**
 * Every page of the dashboard, with something on it: what is looked at by axe, on a narrow screen, and by whoever makes
 * the screenshots.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Page } from 'playwright-core';
import { DynamoFigures } from '../../lambda/adapters/dynamodb/counters';
import { systemClock } from '../../lambda/adapters/node/system';
import { HOUR_MS } from '../../lambda/core/history/figures';
import type { SubscriptionId, TenantId } from '../../lambda/core/shared/identifiers';
import { clientConfig } from '../../local/aws-client';
import type { DeployedStack } from '../../local/stack-file';
import { examplePayload } from '../../local/example-events';
import { eventMessage } from '../builders/event';
import { ManagementClient } from '../e2e/management-client';
import type { Platform } from '../e2e/platform';
import type { Receiver } from '../e2e/receiver';
import { linkWith, portalToken } from './portal';
import { type Language, type Words, wordsIn } from './words';

export interface Scene {
  readonly name: string;
  readonly stack: DeployedStack;
  readonly tenant: string;
  /** Where it is, such as `/webhooks`. */
  readonly at: string;
  /** What a visitor does there, once it has come up. */
  readonly act?: (page: Page, w: Words) => Promise<void>;
  /** Shown without a session. */
  readonly closed?: boolean;
}

/** Brings a page up as the scene has it, and waits until it stands still. */
export async function show(
  page: Page,
  { stack, tenant, at, act, closed }: Scene,
  language: Language = 'en',
): Promise<void> {
  await page.goto(closed ? stack.dashboardUrl : linkWith(stack, await portalToken(stack, tenant), { at, language }));
  await page.getByRole('heading', { level: 1 }).waitFor();
  await act?.(page, wordsIn(language));
  await page.waitForLoadState('networkidle');
  await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
}

interface Delivery {
  readonly id: string;
  readonly processing_attempts: number;
}

const WITHIN_MS = 30_000;

/** What the API says follows what the queues do. */
async function until(complaint: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; !(await holds()); await sleep(100))
    if (Date.now() > end) throw new Error(`${complaint} within ${WITHIN_MS} ms`);
}

function failedBefore(hours: number): number {
  if (hours % 11 === 4) return 9;
  return hours % 7 === 2 ? 2 : 0;
}

/** The week that was before: figures alone, more by day than by night. */
async function countDeliveries({ local, stack }: Platform, tenant: string, webhook?: string): Promise<void> {
  const tenantId = tenant as TenantId;
  const figures = new DynamoFigures(new DynamoDBClient(clientConfig(local)), stack.countersTable, systemClock);
  for (let ago = 1; ago < 7 * 24; ago += 1) {
    const hour = (Math.floor(Date.now() / HOUR_MS) - ago) * HOUR_MS;
    const delivered = Math.round(60 + 50 * Math.sin(((ago + 3) / 24) * 2 * Math.PI) + (ago % 5) * 4);
    const counts = {
      hour,
      delivered,
      failed: failedBefore(ago),
      cancelled: ago === 15 ? 14 : 0,
    };
    await figures.apply({ kind: 'hour', tenantId, ...counts });
    if (webhook !== undefined)
      await figures.apply({ kind: 'hour', tenantId, target: webhook as SubscriptionId, ...counts });
  }
}

/** A customer of each platform to whom all kinds of things have happened. */
export async function setScene(leapocr: Platform, rekognita: Platform, receiver: Receiver): Promise<Scene[]> {
  const operator = new ManagementClient(leapocr.stack.apiUrl, leapocr.stack.operatorApiKey);
  const [tenant, account] = [leapocr.newTenant(), rekognita.newTenant()];
  const root = `/organizations/${tenant.replace('/', '/teams/')}/webhooks`;
  const create = async (path: string, description: string, more: object = {}) =>
    (
      await operator.done<{ id: string }>('POST', root, {
        url: receiver.url(path),
        events: ['job.completed', 'job.failed'],
        description,
        ...more,
      })
    ).id;
  const paths = { good: '/leapocr', bad: '/staging', off: '/leapocr-before' };
  const good = await create(paths.good, 'Production', { headers: { 'x-environment': 'production' } });
  const bad = await create(paths.bad, 'Staging');
  await create(paths.off, 'The one before', { enabled: false });

  const events = Array.from({ length: 7 }, (_value, index) => ({
    id: randomUUID(),
    type: index % 3 === 2 ? 'job.failed' : 'job.completed',
  }));
  receiver.answer(
    paths.bad,
    events.map(() => 400),
  );
  receiver.answer(paths.good, [200, 503, 200]); // the second is tried again
  for (const { id, type } of events) {
    await leapocr.publish([
      eventMessage({
        tenant_id: tenant,
        event_id: id,
        event_type: type,
        payload: examplePayload(type, id, tenant, Date.now()),
      }),
    ]);
  }
  await leapocr.attempted(tenant, 2 * 5 + 2); // of the failing one two were canceled
  const deliveries = async (webhook: string, status: string) =>
    (
      await operator.done<{ data: Delivery[] }>(
        'GET',
        `${root}/events?subscription_id=${webhook}&processing_status=${status}`,
      )
    ).data;
  await until('the failing webhook has not failed', async () => (await deliveries(bad, 'failed')).length >= 5);
  const [failed] = await deliveries(bad, 'failed');
  const retried = async () =>
    (await deliveries(good, 'delivered')).find(({ processing_attempts: attempts }) => attempts > 1);
  await until('what was tried again has not been delivered', async () => (await retried()) !== undefined);
  const delivered = await retried();
  await Promise.all([countDeliveries(leapocr, tenant, good), countDeliveries(rekognita, account)]);
  await operator.done('POST', `${root}/${good}/recoveries`, { since: new Date(Date.now() - HOUR_MS).toISOString() });
  await until(
    'the recovery has not ended',
    async () => (await operator.done<{ status: string }>('GET', `${root}/${good}/recoveries`)).status === 'completed',
  );

  const eventId = 'doc-7f3a';
  await rekognita.publish([
    eventMessage({
      tenant_id: account,
      event_id: eventId,
      event_type: 'document.completed',
      payload: { event: 'document.completed', document_id: 'doc_1' },
      webhook_url: receiver.url('/rekognita'),
    }),
  ]);
  await rekognita.recorded(account, 1);

  const of =
    (stack: DeployedStack, whose: string) =>
    (name: string, at: string, act?: Scene['act']): Scene => ({
      name,
      stack,
      tenant: whose,
      at,
      ...(act !== undefined && { act }),
    });
  const [leap, rek] = [of(leapocr.stack, tenant), of(rekognita.stack, account)];
  const button = (key: string) => async (page: Page, w: Words) =>
    page.getByRole('button', { name: w(key), exact: true }).click();
  return [
    of(leapocr.stack, leapocr.newTenant())('welcome', '/webhooks'),
    leap('webhooks', '/webhooks'),
    leap('new-webhook', '/webhooks/new', async (page, w) => {
      await page.getByLabel(w('form.url')).fill('ftp://hooks');
      await page.getByRole('alert').first().waitFor();
    }),
    of(leapocr.stack, leapocr.newTenant())('secret', '/webhooks/new', async (page, w) => {
      await page.getByLabel(w('form.url')).fill(receiver.url('/hooks'));
      await page.getByRole('checkbox', { name: 'job.completed' }).check();
      await page.getByRole('button', { name: w('create.submit') }).click();
      await page.getByTestId('secret').waitFor();
    }),
    leap('webhook', `/webhooks/${good}`, async (page, w) => {
      await page.getByRole('button', { name: w('test.send') }).click();
      await page.getByTestId('test-answer').waitFor();
    }),
    leap('webhook-disabled', `/webhooks/${bad}`, async (page) => page.getByTestId('disabled-reason').waitFor()),
    leap('webhook-edit', `/webhooks/${good}`, button('details.edit')),
    leap('regenerate', `/webhooks/${good}`, async (page, w) => {
      await button('regenerate.open')(page, w);
      await page.getByRole('dialog').waitFor();
    }),
    leap('delete', `/webhooks/${good}`, async (page, w) => {
      await button('delete.open')(page, w);
      await page.getByRole('dialog').waitFor();
    }),
    leap('deliveries', `/webhooks/${good}/deliveries`, async (page) => page.getByTestId('deliveries').waitFor()),
    leap('delivery', `/deliveries/${delivered!.id}`, async (page) => page.getByTestId('payload').waitFor()),
    leap('delivery-failed', `/deliveries/${failed!.id}`, async (page) => page.getByTestId('payload').waitFor()),
    leap('recover', `/webhooks/${good}/recover`, async (page, w) =>
      page.getByRole('button', { name: w('recover.submit') }).waitFor(),
    ),
    leap('events', '/events'),
    leap('send-example', '/events/job.completed', async (page, w) => {
      await page.getByRole('button', { name: w('events.send') }).click();
      await page.getByRole('dialog').waitFor();
    }),
    leap('verify', '/verify'),
    leap('not-found', '/nowhere'),
    { ...leap('closed', '/'), closed: true },
    rek('settings', '/settings', async (page, w) => {
      await page.getByRole('button', { name: w('settings.show') }).click();
      await page.getByTestId('secret').waitFor();
      await page.getByTestId('origins').waitFor({ timeout: 60_000 });
    }),
    rek('origin', '/settings', async (page) => {
      await page.getByTestId('origins').getByRole('link').click({ timeout: 60_000 });
      await page.getByTestId('deliveries').waitFor();
    }),
  ];
}
