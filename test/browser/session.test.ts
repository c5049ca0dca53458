/** A session: the token comes in by the link, is nowhere to be seen after that, and ends. */
import { makePortalToken } from '../../lambda/api/auth/portal-token';
import { parseNamedKeys } from '../../lambda/core/shared/credentials';
import type { TenantId } from '../../lambda/core/shared/identifiers';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientConfig } from '../../local/aws-client';
import { Platform } from '../e2e/platform';
import { describeInBrowser } from './harness/in-browser';
import { enter, linkWith, portalToken } from './portal';
import { wordsIn } from './words';

const w = wordsIn('en');
const LONG_MS = 60_000;
const HOUR_MS = 3_600_000;

describeInBrowser('a session', ({ visit }) => {
  const leapocr = new Platform('leapocr');

  /**
   * As the API would have made it then.
   *
   * @param ago milliseconds
   */
  async function tokenMade(ago: number, seconds = 3600): Promise<string> {
    const { SecretString: ring = '' } = await new SecretsManagerClient(clientConfig(leapocr.local)).send(
      new GetSecretValueCommand({ SecretId: String(leapocr.stack.portalKeySecret) }),
    );
    const [, payload = ''] = (await portalToken(leapocr.stack, leapocr.newTenant())).split('.');
    const { aud } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud: string };
    const session = {
      tenantId: leapocr.newTenant() as TenantId,
      scopes: ['webhooks:read', 'webhooks:write'] as const,
      seconds,
    };
    return (await makePortalToken(session, parseNamedKeys(ring).current, aud, Date.now() - ago)).token;
  }

  test(
    'takes its token out of the address and the history before anything is asked for',
    async () => {
      const own = await visit();
      const { page } = own;
      const token = await portalToken(leapocr.stack, leapocr.newTenant());
      await page.goto(linkWith(leapocr.stack, token, { at: '/events' }));
      await page.getByRole('heading', { level: 1, name: w('events.title') }).waitFor();
      expect(page.url()).toBe(`${leapocr.stack.dashboardUrl}#/events`);
      const apiCalls = own.requests.filter((request) => request.url().includes('/api/v1/'));
      expect(apiCalls.length).toBeGreaterThan(0);
      for (const call of apiCalls) expect(call.headers().authorization).toBe(`Bearer ${token}`);
      expect(await page.evaluate('document.cookie')).toBe('');
      await page.getByRole('link', { name: w('nav.verify') }).click();
      await page.getByRole('heading', { level: 1, name: w('verify.title') }).waitFor();
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: w('events.title') }).waitFor();
      await page.goBack();
      expect(page.url()).toBe('about:blank');
    },
    LONG_MS,
  );

  test(
    'outlives a reload in its tab, and is no other tab’s',
    async () => {
      const own = await visit();
      await enter(own.page, leapocr.stack, leapocr.newTenant(), { at: '/events' });
      await own.page.reload();
      await own.page.getByRole('heading', { level: 1, name: w('events.title') }).waitFor();
      own.allow(/another page opened/);
      const tab = await own.page.context().newPage();
      await tab.goto(leapocr.stack.dashboardUrl);
      await tab.getByRole('heading', { level: 1, name: w('session.none') }).waitFor();
      expect(await tab.evaluate('localStorage.length')).toBeLessThanOrEqual(1); // the language, perhaps; never a token
      expect(await tab.evaluate('JSON.stringify(localStorage)')).not.toContain('eyJ');
    },
    LONG_MS,
  );

  test(
    'that is over is said to be, kindly, as soon as the server’s clock is known',
    async () => {
      const own = await visit();
      own.allow(/console error: Failed to load resource: .*401 /);
      await own.page.goto(linkWith(leapocr.stack, await tokenMade(2 * HOUR_MS)));
      await own.page.getByRole('heading', { level: 1, name: w('session.expired') }).waitFor();
      await own.page.getByText(w('session.whatToDo', { name: 'LeapOCR' })).waitFor();
      expect(own.page.url()).not.toContain('token');
      await own.page.reload();
      await own.page.getByRole('heading', { level: 1 }).waitFor();
      expect(await own.page.evaluate('JSON.stringify([sessionStorage, localStorage])')).not.toContain('eyJ');
    },
    LONG_MS,
  );

  test(
    'that the server ends is said to be over',
    async () => {
      const own = await visit();
      own.allow(/console error: Failed to load resource: .*401 /);
      const [header, payload, signature = ''] = (await portalToken(leapocr.stack, leapocr.newTenant())).split('.');
      const altered = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
      await own.page.goto(linkWith(leapocr.stack, [header, payload, altered].join('.')));
      await own.page.getByRole('heading', { level: 1, name: w('session.refused') }).waitFor();
      await own.page.getByText(w('session.whatToDo', { name: 'LeapOCR' })).waitFor();
      expect(await own.page.content()).not.toContain('AUTHENTICATION_ERROR');
    },
    LONG_MS,
  );

  test.each(['#token=nonsense', '#token=a.b.c', '#token='])(
    'opened by a link that is broken, %s, says so',
    async (hash) => {
      const { page } = await visit();
      await page.goto(leapocr.stack.dashboardUrl + hash);
      await page.getByTestId('session-closed').waitFor();
      expect(page.url()).not.toContain('nonsense');
    },
    LONG_MS,
  );

  test(
    'that ends soon says so in time, and what to do',
    async () => {
      const { page } = await visit();
      await page.goto(linkWith(leapocr.stack, await portalToken(leapocr.stack, leapocr.newTenant(), { seconds: 240 })));
      await page.getByText(w('session.endingWhat', { name: 'LeapOCR' })).waitFor();
    },
    LONG_MS,
  );

  test(
    'is opened by a computer whose clock is two hours fast, and stays',
    async () => {
      const { page } = await visit();
      await page.clock.install({ time: Date.now() + 2 * HOUR_MS });
      await enter(page, leapocr.stack, leapocr.newTenant(), { at: '/events' });
      await page.getByRole('heading', { level: 1, name: w('events.title') }).waitFor();
      await page.clock.runFor(15_000);
      await page.getByRole('heading', { level: 1, name: w('events.title') }).waitFor();
      expect(await page.getByTestId('session-closed').count()).toBe(0);
    },
    LONG_MS,
  );

  test(
    'that another link ends leaves a secret on the screen that is not saved yet',
    async () => {
      const { page } = await visit();
      const [first, second] = [leapocr.newTenant(), leapocr.newTenant()];
      await enter(page, leapocr.stack, first, { at: '/webhooks/new' });
      await page.getByLabel(w('form.url')).fill('http://127.0.0.1:9/first');
      await page.getByRole('checkbox', { name: 'job.completed' }).check();
      await page.getByRole('button', { name: w('create.submit') }).click();
      await page.getByRole('button', { name: w('secret.reveal') }).click();
      const secret = await page.getByTestId('secret').textContent();
      const other = await portalToken(leapocr.stack, second);
      await page.goto(linkWith(leapocr.stack, other, { at: '/webhooks/new' }));
      await page.getByText(w('secret.sessionOver')).waitFor();
      expect(page.url()).not.toContain('token');
      expect(await page.getByTestId('secret').textContent()).toBe(secret);
      const asked = page.waitForRequest((request) => request.headers().authorization === `Bearer ${other}`);
      await page.getByRole('button', { name: w('secret.saved') }).click();
      await asked;
      await page.getByRole('heading', { level: 1, name: w('create.title') }).waitFor();
      expect(await page.content()).not.toContain(secret);
    },
    LONG_MS,
  );

  test(
    'that may only read shows everything and changes nothing',
    async () => {
      const { page } = await visit();
      const tenant = leapocr.newTenant();
      await leapocr.subscribe(tenant, 'http://127.0.0.1:9/hook', ['job.completed']);
      await enter(page, leapocr.stack, tenant, { scopes: ['webhooks:read'] });
      await page.getByText(w('scope.readOnly')).waitFor();
      await page.getByRole('link', { name: 'http://127.0.0.1:9/hook' }).click();
      await page.getByRole('heading', { name: w('details.title') }).waitFor();
      for (const name of [w('test.send'), w('details.edit'), w('delete.open'), w('regenerate.open')])
        expect(await page.getByRole('button', { name }).count()).toBe(0);
      expect(await page.getByRole('switch').count()).toBe(0);
    },
    LONG_MS,
  );

  test(
    'of another link takes the place of the one before',
    async () => {
      const { page } = await visit();
      const [first, second] = [leapocr.newTenant(), leapocr.newTenant()];
      await leapocr.subscribe(first, 'http://127.0.0.1:9/first', ['job.completed']);
      await leapocr.subscribe(second, 'http://127.0.0.1:9/second', ['job.completed']);
      await enter(page, leapocr.stack, first);
      await page.getByRole('link', { name: 'http://127.0.0.1:9/first' }).waitFor();
      await enter(page, leapocr.stack, second);
      await page.getByRole('link', { name: 'http://127.0.0.1:9/second' }).waitFor();
      expect(await page.getByRole('link', { name: 'http://127.0.0.1:9/first' }).count()).toBe(0);
      expect(page.url()).not.toContain('token');
    },
    LONG_MS,
  );
});
