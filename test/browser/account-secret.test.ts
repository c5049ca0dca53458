/**
 * Rekognita's customers, in Ukrainian: no subscriptions, but a secret of the account's own, by which they verify what
 * comes to the URLs that their requests name.
 */
import { randomUUID } from 'node:crypto';
import { rekognita as scheme, verifyEvent } from '../../verify/typescript/verify';
import { eventMessage } from '../builders/event';
import { Platform } from '../e2e/platform';
import { Receiver } from '../e2e/receiver';
import { describeInBrowser } from './harness/in-browser';
import { enter } from './portal';
import { wordsIn } from './words';

const w = wordsIn('uk');
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;
const LONG_MS = 120_000;
const PAYLOAD = { event: 'document.completed', document_id: 'doc_1', name: 'рахунок ☃.pdf' };

describeInBrowser('a customer of Rekognita', ({ visit }) => {
  const rekognita = new Platform('rekognita');
  const receiver = new Receiver();
  beforeAll(() => receiver.listen());
  afterAll(() => receiver.close());

  const publish = (tenant: string, path: string, eventId: string) =>
    rekognita.publish([
      eventMessage({
        tenant_id: tenant,
        event_id: eventId,
        event_type: 'document.completed',
        payload: PAYLOAD,
        webhook_url: receiver.url(path),
      }),
    ]);

  test(
    'shows the account’s secret on the page, verifies a delivery by it, and finds that delivery on the page',
    async () => {
      const { page } = await visit({ locale: 'uk-UA' });
      const [tenant, path] = [rekognita.newTenant(), `/${randomUUID()}`];
      await enter(page, rekognita.stack, tenant, { language: 'uk' });
      expect(await page.locator('html').getAttribute('lang')).toBe('uk');
      await page.getByRole('heading', { level: 1, name: w('settings.title') }).waitFor();
      expect(await page.getByRole('navigation').getByRole('link').allTextContents()).toEqual([
        w('nav.settingsWebhooks'),
        w('nav.events'),
        w('nav.verify'),
      ]);

      await page.getByRole('button', { name: w('settings.show') }).click();
      await page.getByRole('button', { name: w('secret.reveal') }).click();
      const secret = (await page.getByTestId('secret').textContent())!;
      expect(secret).toMatch(SECRET);

      await publish(tenant, path, 'evt_1');
      const [arrival] = await receiver.arrived(path, 1);
      const { event } = await verifyEvent<typeof PAYLOAD>(scheme, {
        body: arrival!.body,
        headers: arrival!.headers,
        secrets: [secret],
      });
      expect(event).toMatchObject(PAYLOAD);

      // The origin is summed up from the log's stream, and the page asks again by itself.
      await page
        .getByTestId('origins')
        .getByRole('link', { name: new URL(receiver.url(path)).origin })
        .click({ timeout: 60_000 });
      await page.getByTestId('deliveries').getByRole('link', { name: 'document.completed' }).click();
      await page.getByText(w('status.delivered'), { exact: true }).first().waitFor();
      await page.getByText('рахунок ☃.pdf').waitFor();
      expect(await page.content()).not.toContain(secret);
    },
    LONG_MS,
  );

  test(
    'regenerates it with an overlap: the page says until when both are in force, and the new one verifies',
    async () => {
      const { page } = await visit({ locale: 'uk-UA' });
      const [tenant, path] = [rekognita.newTenant(), `/${randomUUID()}`];
      const before = await rekognita.accountSecret(tenant);
      await enter(page, rekognita.stack, tenant, { language: 'uk' });
      await page.getByRole('button', { name: w('regenerate.open') }).click();
      await page.getByRole('radio', { name: w('regenerate.overlap') }).check();
      await page.getByRole('button', { name: w('regenerate.submit'), exact: true }).click();
      await page.getByText(w('secret.overlapUntil')).waitFor();
      await page.getByRole('button', { name: w('secret.reveal') }).click();
      const secret = (await page.getByTestId('secret').textContent())!;
      expect(secret).not.toBe(before);
      await publish(tenant, path, 'evt_1');
      const [arrival] = await receiver.arrived(path, 1);
      await verifyEvent(scheme, { body: arrival!.body, headers: arrival!.headers, secrets: [secret] });
    },
    LONG_MS,
  );

  test(
    'changes the language where the page is, and finds it so again',
    async () => {
      const { page } = await visit();
      const english = wordsIn('en');
      await enter(page, rekognita.stack, rekognita.newTenant());
      await page.getByRole('heading', { level: 1, name: english('settings.title') }).waitFor();
      await page.getByLabel(english('shell.language')).selectOption('uk');
      await page.getByRole('heading', { level: 1, name: w('settings.title') }).waitFor();
      expect(await page.locator('html').getAttribute('lang')).toBe('uk');
      await page.reload();
      await page.getByRole('heading', { level: 1, name: w('settings.title') }).waitFor();
    },
    LONG_MS,
  );
});
