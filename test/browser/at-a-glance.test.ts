/** What the first look tells: whose endpoint fails, which webhook is gone, which link is of no use. */
import { randomUUID } from 'node:crypto';
import { eventMessage } from '../builders/event';
import { Platform } from '../e2e/platform';
import { Receiver } from '../e2e/receiver';
import { describeInBrowser } from './harness/in-browser';
import { enter, linkWith, portalToken } from './portal';
import { wordsIn } from './words';

const w = wordsIn('en');
const LONG_MS = 60_000;

describeInBrowser('at a glance', ({ visit }) => {
  const leapocr = new Platform('leapocr');
  const receiver = new Receiver();
  beforeAll(() => receiver.listen());
  afterAll(() => receiver.close());

  const publish = (tenant: string, id: string) =>
    leapocr.publish([
      eventMessage({ tenant_id: tenant, event_id: id, payload: { event_type: 'job.completed', event_id: id } }),
    ]);

  test(
    'the list and the webhook’s page say that an endpoint is failing while its deliveries are tried again',
    async () => {
      const { page } = await visit();
      const [tenant, path] = [leapocr.newTenant(), `/${randomUUID()}`];
      const webhook = await leapocr.subscribe(tenant, receiver.url(path), ['job.completed']);
      receiver.answer(path, Array<number>(20).fill(500));
      await publish(tenant, 'evt_1');
      await receiver.arrived(path, 1);
      await enter(page, leapocr.stack, tenant);
      const retrying = page.getByTestId('retrying');
      await retrying.getByText(w('webhooks.retrying', { status: 500 })).waitFor({ timeout: 45_000 });
      await page.getByRole('link', { name: receiver.url(path) }).click();
      await page.getByRole('heading', { name: w('health.title') }).waitFor();
      await retrying.click();
      await page.getByTestId('deliveries').locator('tr[data-status=pending]').waitFor();
      expect(page.url()).toContain(`/webhooks/${webhook.id}/deliveries?status=pending`);
    },
    LONG_MS,
  );

  test(
    'an event that is looked for in one webhook’s log is found as it was sent there, and not to another',
    async () => {
      const { page } = await visit();
      const tenant = leapocr.newTenant();
      const [here, there] = [`/${randomUUID()}`, `/${randomUUID()}`];
      const webhook = await leapocr.subscribe(tenant, receiver.url(here), ['job.completed']);
      await leapocr.subscribe(tenant, receiver.url(there), ['job.completed']);
      await publish(tenant, 'evt_both');
      await leapocr.recorded(tenant, 2);
      await enter(page, leapocr.stack, tenant, { at: `/webhooks/${webhook.id}/deliveries?event=evt_both` });
      await page.getByTestId('deliveries').waitFor();
      expect(await page.getByTestId('deliveries').locator('tbody tr').count()).toBe(1);
      expect(await page.getByText(receiver.url(there)).count()).toBe(0);
    },
    LONG_MS,
  );

  test(
    'a webhook that is not there is said to be gone, and nothing more',
    async () => {
      const own = await visit();
      own.allow(/console error: Failed to load resource: .*404 /);
      await enter(own.page, leapocr.stack, leapocr.newTenant(), { at: `/webhooks/${randomUUID()}` });
      await own.page.getByRole('heading', { level: 1, name: w('webhook.gone') }).waitFor();
      expect(await own.page.getByRole('navigation', { name: w('webhook.sections') }).count()).toBe(0);
      await own.page
        .getByRole('main')
        .getByRole('link', { name: w('webhooks.title') })
        .click();
      await own.page.getByRole('heading', { level: 1, name: w('webhooks.title') }).waitFor();
    },
    LONG_MS,
  );

  test(
    'a link that may write and not read is said not to be valid, and nothing is asked of the API',
    async () => {
      const own = await visit();
      await own.page.goto(
        linkWith(leapocr.stack, await portalToken(leapocr.stack, leapocr.newTenant(), { scopes: ['webhooks:write'] })),
      );
      await own.page.getByRole('heading', { level: 1, name: w('session.refused') }).waitFor();
      expect(own.requests.filter((request) => request.url().includes('/api/v1/'))).toEqual([]);
    },
    LONG_MS,
  );
});
