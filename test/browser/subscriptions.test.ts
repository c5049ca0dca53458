/**
 * LeapOCR's customers: what its guide tells them to do on the page Webhooks, click by click, with a receiver of their
 * own at the other end.
 */
import { randomUUID } from 'node:crypto';
import { leapOcr, verifyEvent } from '../../verify/typescript/verify';
import { eventMessage } from '../builders/event';
import { ManagementClient } from '../e2e/management-client';
import { Platform } from '../e2e/platform';
import { type Arrival, Receiver } from '../e2e/receiver';
import { describeInBrowser } from './harness/in-browser';
import { enter } from './portal';
import { tabTo } from './keyboard';
import { wordsIn } from './words';

const w = wordsIn('en');
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;
const LONG_MS = 120_000;
/** A recovery has none yet: that is how the API says so. */
const NO_RECOVERY = /console error: Failed to load resource: .*404 .*\/recoveries\)/;

const idOf = ({ headers }: Arrival) => String(headers['webhook-id']);
const pathOf = (tenant: string) => `/organizations/${tenant.replace('/', '/teams/')}`;

describeInBrowser('a customer of LeapOCR', ({ visit }) => {
  const leapocr = new Platform('leapocr');
  const receiver = new Receiver();
  const operator = new ManagementClient(leapocr.stack.apiUrl, leapocr.stack.operatorApiKey);
  beforeAll(() => receiver.listen());
  afterAll(() => receiver.close());

  test(
    'opens Webhooks, creates a subscription, saves its secret, and sends a test event that its receiver verifies',
    async () => {
      const { page } = await visit();
      const path = `/${randomUUID()}`;
      await enter(page, leapocr.stack, leapocr.newTenant());

      await page.getByRole('link', { name: w('welcome.begin') }).click();
      await page.getByLabel(w('form.url')).fill(receiver.url(path));
      await page.getByText(w('form.urlGood')).waitFor();
      await page.getByRole('checkbox', { name: 'job.completed' }).check();
      await page.getByRole('checkbox', { name: 'job.failed' }).check();
      await page.getByLabel(w('form.description')).fill('Production');
      await page.getByRole('button', { name: w('create.submit') }).click();

      await page.getByRole('heading', { name: w('create.done') }).waitFor();
      const box = page.getByTestId('secret');
      expect(await box.textContent()).not.toMatch(SECRET);
      await page.getByRole('button', { name: w('secret.reveal') }).click();
      const secret = (await box.textContent())!;
      expect(secret).toMatch(SECRET);
      await page.getByRole('button', { name: w('secret.copy') }).click();
      await page.getByRole('button', { name: w('copy.done') }).waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret);
      await page.getByRole('button', { name: w('secret.saved') }).click();

      await page.getByRole('button', { name: w('test.send') }).click();
      const answer = page.getByTestId('test-answer');
      await answer.waitFor();
      const [arrival] = await receiver.arrived(path, 1);
      const { event } = await verifyEvent<{ event_type: string; event_id: string }>(leapOcr, {
        body: arrival!.body,
        headers: arrival!.headers,
        secrets: [secret],
      });
      expect(event.event_type).toBe('webhook.test');
      expect(await answer.textContent()).toContain('200');
      expect(await answer.textContent()).toContain(event.event_id);

      // It is not shown again, and the webhook is on the list.
      expect(await page.content()).not.toContain(secret);
      await page
        .getByRole('link', { name: w('webhooks.title') })
        .first()
        .click();
      await page.getByRole('row', { name: receiver.url(path) }).waitFor();
    },
    LONG_MS,
  );

  test(
    'who clicks twice makes one webhook, and one new secret',
    async () => {
      const own = await visit();
      const { page } = own;
      const [tenant, path] = [leapocr.newTenant(), `/${randomUUID()}`];
      const posts = (end: string) =>
        own.requests.filter((request) => request.method() === 'POST' && request.url().endsWith(end)).length;
      await enter(page, leapocr.stack, tenant, { at: '/webhooks/new' });
      await page.getByLabel(w('form.url')).fill(receiver.url(path));
      await page.getByRole('checkbox', { name: 'job.completed' }).check();
      await page.getByRole('button', { name: w('create.submit') }).dblclick();
      await page.getByRole('button', { name: w('secret.saved') }).click();
      await page.getByRole('button', { name: w('regenerate.open') }).click();
      await page.getByRole('button', { name: w('regenerate.submit'), exact: true }).dblclick();
      await page.getByRole('heading', { name: w('secret.new') }).waitFor();
      expect([posts('/webhooks'), posts('/regenerate-secret')]).toEqual([1, 1]);
      const { data } = await operator.done<{ data: unknown[] }>('GET', `${pathOf(tenant)}/webhooks`);
      expect(data).toHaveLength(1);
    },
    LONG_MS,
  );

  test(
    'whose connection fails as a webhook is created is told that it may be there, and finds it on the list',
    async () => {
      const own = await visit();
      const { page } = own;
      own.allow(/console error: Failed to load resource: net::/);
      await enter(page, leapocr.stack, leapocr.newTenant(), { at: '/webhooks/new' });
      const url = receiver.url(`/${randomUUID()}`);
      await page.getByLabel(w('form.url')).fill(url);
      await page.getByRole('checkbox', { name: 'job.completed' }).check();
      // The server does it; its answer is lost.
      await page.route(
        (to) => to.pathname.endsWith('/webhooks'),
        async (route) => {
          if (route.request().method() !== 'POST') return route.fallback();
          await route.fetch();
          await route.abort('connectionreset');
        },
      );
      await page.getByRole('button', { name: w('create.submit') }).click();
      await page.getByText(w('create.unsure')).waitFor();
      await page.getByRole('link', { name: w('create.seeList') }).click();
      await page.getByRole('row', { name: url }).waitFor();
    },
    LONG_MS,
  );

  test(
    'who edits in two tabs changes in each what was changed there',
    async () => {
      const { page } = await visit();
      const tenant = leapocr.newTenant();
      const { id } = await leapocr.subscribe(tenant, receiver.url('/edited'), ['job.completed']);
      await enter(page, leapocr.stack, tenant, { at: `/webhooks/${id}` });
      await page.getByRole('button', { name: w('details.edit') }).click();
      await page.getByLabel(w('form.url')).waitFor();
      const at = `${pathOf(tenant)}/webhooks/${id}`;
      await operator.done('PUT', at, { events: ['job.completed'], description: 'Of another tab' });
      await page.getByLabel(w('form.url')).fill(receiver.url('/edited-here'));
      await page.getByRole('button', { name: w('action.save') }).click();
      await page.getByText(w('details.saved')).waitFor();
      expect(await operator.done('GET', at)).toMatchObject({
        url: receiver.url('/edited-here'),
        description: 'Of another tab',
      });
    },
    LONG_MS,
  );

  test(
    'sets a rate limit, is told what is none, and takes it away',
    async () => {
      const { page } = await visit();
      const tenant = leapocr.newTenant();
      const { id } = await leapocr.subscribe(tenant, receiver.url('/limited'), ['job.completed']);
      await enter(page, leapocr.stack, tenant, { at: `/webhooks/${id}` });
      const save = async (limit: string) => {
        await page.getByRole('button', { name: w('details.edit') }).click();
        await page.getByLabel(w('form.url')).waitFor();
        const field = page.getByLabel(w('form.rateLimit'));
        if (!(await field.isVisible())) await page.getByText(w('form.advanced')).click();
        await field.fill(limit);
        await page.getByRole('button', { name: w('action.save') }).click();
      };
      await save('a few');
      await page.getByText(w('form.rateLimitWrong', { max: '1,000' })).waitFor();
      await page.getByLabel(w('form.rateLimit')).fill('20');
      await page.getByRole('button', { name: w('action.save') }).click();
      await page.getByText(w('details.rateLimit_other', { count: 20 })).waitFor();
      const at = `${pathOf(tenant)}/webhooks/${id}`;
      expect(await operator.done('GET', at)).toMatchObject({ rate_limit: 20 });
      await page.reload(); // a second save within half a second counts as the other half of a double click
      await save('');
      await page.getByText(w('details.rateLimit_other', { count: 20 })).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: w('details.edit') }).waitFor();
      expect(await operator.done('GET', at)).not.toHaveProperty('rate_limit');
    },
    LONG_MS,
  );

  test(
    'is told what is wrong with a URL while typing it, in the server’s own words, and again when sending it ' +
      'all the same',
    async () => {
      const own = await visit();
      const { page } = own;
      own.allow(/console error: Failed to load resource: .*400 /);
      await enter(page, leapocr.stack, leapocr.newTenant(), { at: '/webhooks/new' });
      const url = page.getByLabel(w('form.url'));
      await url.pressSequentially('ftp://hooks.acme.com/');
      await page.getByText('The endpoint URL must start with https:// or http://.').waitFor();
      await page.getByRole('checkbox', { name: 'job.completed' }).check();
      const refused = page.waitForResponse(
        (response) =>
          response.request().method() === 'POST' && response.url().endsWith('/webhooks') && response.status() === 400,
      );
      await page.getByRole('button', { name: w('create.submit') }).click();
      await refused;
      expect(await page.getByText('The endpoint URL must start with https:// or http://.').count()).toBe(1);
      await url.fill(receiver.url('/'));
      await page.getByText(w('form.urlGood')).waitFor();
      expect(receiver.at('/')).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'whose endpoint failed five times sees why it was disabled, enables it when it is mended, and recovers all ' +
      'that it missed',
    async () => {
      const own = await visit();
      const { page } = own;
      own.allow(NO_RECOVERY);
      const [tenant, path] = [leapocr.newTenant(), `/${randomUUID()}`];
      const webhook = await leapocr.subscribe(tenant, receiver.url(path), ['job.completed']);
      const failed = ['evt_1', 'evt_2', 'evt_3', 'evt_4', 'evt_5'];
      const cancelled = ['evt_6', 'evt_7'];
      const publish = (ids: readonly string[]) =>
        leapocr.publish(
          ids.map((id) =>
            eventMessage({ tenant_id: tenant, event_id: id, payload: { event_type: 'job.completed', event_id: id } }),
          ),
        );
      receiver.answer(
        path,
        failed.map(() => 400),
      ); // final: no retry
      await publish(failed);
      await leapocr.recorded(tenant, 5);
      await publish(cancelled);
      await leapocr.recorded(tenant, 7);
      expect(receiver.at(path).map(idOf).sort()).toEqual(failed);

      await enter(page, leapocr.stack, tenant);
      const row = page.getByRole('row', { name: receiver.url(path) });
      await row.getByText(w('status.disabled')).waitFor();
      await row.getByRole('link', { name: receiver.url(path) }).click();
      const { disabled_reason: reason } = await operator.done<{ disabled_reason: string }>(
        'GET',
        `${pathOf(tenant)}/webhooks/${webhook.id}`,
      );
      expect(await page.getByTestId('disabled-reason').textContent()).toContain(reason);
      const enabled = page.waitForResponse(
        (response) => response.request().method() === 'PUT' && response.status() === 200,
      );
      await page.getByRole('button', { name: w('webhook.enable') }).click();
      await enabled;
      await page.getByRole('heading', { level: 1 }).getByText(w('status.enabled')).waitFor();

      await page
        .getByRole('navigation', { name: w('webhook.sections') })
        .getByRole('link', { name: w('recover.title') })
        .click();
      await page.getByRole('radio', { name: w('recover.hour') }).check();
      await page.getByRole('button', { name: w('recover.submit') }).click();
      await page.getByRole('heading', { name: w('recover.completed') }).waitFor({ timeout: 60_000 });
      expect(await page.getByTestId('resent').textContent()).toBe('7');
      await receiver.arrived(path, 12, 60_000);
      expect(receiver.at(path).slice(5).map(idOf).sort()).toEqual([...failed, ...cancelled]);
      for (const { body, headers } of receiver.at(path))
        await verifyEvent(leapOcr, { body, headers, secrets: [webhook.secret] });

      await page.getByRole('link', { name: w('recover.seeDeliveries') }).click();
      await leapocr.recorded(tenant, 14);
      await page.reload();
      const rows = page.getByTestId('deliveries').locator('tbody tr');
      await rows.nth(13).waitFor();
      const statuses = await Promise.all((await rows.all()).map((each) => each.getAttribute('data-status')));
      expect(statuses.sort()).toEqual([
        ...Array<string>(2).fill('cancelled'),
        ...Array<string>(7).fill('delivered'),
        ...Array<string>(5).fill('failed'),
      ]);
    },
    LONG_MS,
  );

  test(
    'who uses no mouse creates a webhook, saves its secret and sends a test event',
    async () => {
      const { page } = await visit();
      const path = `/${randomUUID()}`;
      await enter(page, leapocr.stack, leapocr.newTenant());
      const press = async (name: string | RegExp, key = 'Enter') => {
        await tabTo(page, name);
        await page.keyboard.press(key);
      };
      await press(w('welcome.begin'));
      await page.getByRole('heading', { name: w('create.title'), level: 1 }).waitFor();
      await tabTo(page, w('form.url'));
      await page.keyboard.type(receiver.url(path));
      await press(/^job\.completed/, 'Space');
      await press(w('create.submit'));
      await page.getByRole('heading', { name: w('create.done') }).waitFor();
      await press(w('secret.reveal'));
      expect(await page.getByTestId('secret').textContent()).toMatch(SECRET);
      await press(w('secret.saved'));
      await page.getByRole('button', { name: w('test.send') }).waitFor();
      await press(w('test.send'));
      await receiver.arrived(path, 1);
      await page.getByTestId('test-answer').waitFor();
      // Dialogs hold the focus, and give it back.
      await press(w('regenerate.open'));
      await page.getByRole('dialog').waitFor();
      await press(w('regenerate.submit'));
      await page.getByRole('heading', { name: w('secret.new') }).waitFor();
      await press(w('secret.saved'));
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
    LONG_MS,
  );
});
