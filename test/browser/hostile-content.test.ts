/**
 * What customers, producers and endpoints write is shown as text: whatever is in it, nothing runs, nothing is fetched,
 * and nothing looks like something else.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventMessage } from '../builders/event';
import { ManagementClient } from '../e2e/management-client';
import { Platform } from '../e2e/platform';
import { describeInBrowser } from './harness/in-browser';
import { enter } from './portal';
import { wordsIn } from './words';

const w = wordsIn('en');
const LONG_MS = 120_000;
/** Each would show, or be asked for, if it were taken for anything but text. */
const MARKUP =
  '<script>window.pwned = 1; alert(1)</script><img src="https://elsewhere.example.com/x.png" ' +
  'onerror="window.pwned = 1"><svg onload="window.pwned = 1"></svg><a ' +
  `href="javascript:window.pwned=1">x</a>{{7*7}}\${7*7}<!--`;
/** Right-to-left override: what follows reads backwards (Unicode TR 36, section 2.10). */
const BIDI = 'invoice\u202efdp.exe\u2066\u200b';
const SHELL = `'; touch "$PWNED"; echo '$(touch "$PWNED")\`touch "$PWNED"\`\\`;
/** The largest event is 960 KiB. */
const LARGE = 'A'.repeat(900 * 1024);

describeInBrowser('hostile content', ({ visit }) => {
  const leapocr = new Platform('leapocr');
  const operator = new ManagementClient(leapocr.stack.apiUrl, leapocr.stack.operatorApiKey);
  // An endpoint whose answers are as hostile as the rest.
  const endpoint = createServer((request, response) => {
    request
      .resume()
      .on('end', () =>
        response.writeHead(400, { 'content-type': 'text/html' }).end(`${MARKUP}${BIDI}${'B'.repeat(1024 * 1024)}`),
      );
  });
  beforeAll(() => new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve)));
  afterAll(
    () =>
      new Promise((resolve) => {
        endpoint.closeAllConnections();
        endpoint.close(resolve);
      }),
  );

  async function setUp(payload: unknown) {
    const tenant = leapocr.newTenant();
    const root = `/organizations/${tenant.replace('/', '/teams/')}/webhooks`;
    const { port } = endpoint.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/hook?q=<script>alert(1)</script>&x='$(id)'`;
    const { id } = await operator.done<{ id: string }>('POST', root, {
      url,
      events: ['job.completed'],
      description: MARKUP + BIDI,
    });
    await leapocr.publish([eventMessage({ tenant_id: tenant, event_id: 'evt_1', payload })]);
    await leapocr.recorded(tenant, 1);
    const [delivery] = (await operator.done<{ data: { id: string }[] }>('GET', `${root}/events?subscription_id=${id}`))
      .data;
    return { tenant, id, delivery: delivery!.id, url };
  }

  test(
    'is text on every page that shows it',
    async () => {
      const own = await visit();
      const { page } = own;
      const { tenant, id, delivery } = await setUp({ [MARKUP]: MARKUP, bidi: BIDI, shell: SHELL });
      const shown: string[] = [];
      for (const at of ['/webhooks', `/webhooks/${id}`, `/webhooks/${id}/deliveries`, `/deliveries/${delivery}`]) {
        await page.goto('about:blank');
        await enter(page, leapocr.stack, tenant, { at });
        await page.waitForLoadState('networkidle');
        shown.push((await page.locator('body').innerText()).replaceAll(/\s+/g, ' '));
        expect({ at, pwned: await page.evaluate('window.pwned ?? null') }).toEqual({ at, pwned: null });
        expect(await page.locator('main img, main script, main svg[onload], main a[href^="javascript:"]').count()).toBe(
          0,
        );
      }
      const [list, webhook, , detail] = shown;
      for (const text of [list, webhook, detail]) expect(text).toContain('<script>window.pwned = 1; alert(1)</script>');
      // Characters that turn the reading round are named, not obeyed.
      for (const text of [webhook, detail]) {
        expect(text).not.toContain('\u202e');
        expect(text).toContain('invoice');
      }
      await page.goto('about:blank');
      await enter(page, leapocr.stack, tenant, { at: `/webhooks/${id}` });
      await page.getByRole('button', { name: w('test.send') }).click();
      await page.getByTestId('test-answer').waitFor();
      expect(await page.getByTestId('test-answer').innerText()).toContain('<script>');
      expect(await page.evaluate('window.pwned ?? null')).toBeNull();
      expect(await page.title()).not.toContain('\u202e');
    },
    LONG_MS,
  );

  test(
    'copied as a command sends just what was sent, and runs nothing else',
    async () => {
      const { page } = await visit();
      const payload = JSON.stringify({ shell: SHELL, markup: MARKUP, quote: "'", text: 'рахунок' });
      const { tenant, delivery, url } = await setUp(payload);
      await enter(page, leapocr.stack, tenant, { at: `/deliveries/${delivery}` });
      await page.getByRole('button', { name: w('delivery.curl') }).click();
      await page
        .getByRole('button', { name: w('copy.done') })
        .first()
        .waitFor();
      const command = await page.evaluate<string>('navigator.clipboard.readText()');
      const folder = mkdtempSync(join(tmpdir(), 'copied-curl-'));
      try {
        writeFileSync(join(folder, 'curl'), '#!/bin/sh\nprintf "%s\\0" "$@" > "$ARGUMENTS"\n', { mode: 0o755 });
        const files = { ARGUMENTS: join(folder, 'arguments'), PWNED: join(folder, 'pwned') };
        for (const [shell, ...options] of [['sh'], ['bash', '--norc']] as const) {
          execFileSync(shell, [...options, '-c', command], { env: { PATH: `${folder}:/usr/bin:/bin`, ...files } });
          const given = readFileSync(files.ARGUMENTS, 'utf8').split('\0');
          expect(given).toContain(payload);
          expect(given).toContain(url);
          expect(() => readFileSync(files.PWNED)).toThrow('ENOENT');
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    LONG_MS,
  );

  test(
    'of nearly a megabyte is shown without holding up the page',
    async () => {
      const { page } = await visit();
      const { tenant, delivery } = await setUp(`${MARKUP}${LARGE}end-of-it`);
      await enter(page, leapocr.stack, tenant, { at: `/deliveries/${delivery}` });
      const payload = page.getByTestId('payload');
      await payload.waitFor();
      expect(await payload.innerText()).toContain('<script>window.pwned = 1');
      await payload.getByRole('button', { expanded: false }).click();
      // Only what is in sight is drawn.
      expect((await page.content()).length).toBeLessThan(300_000);
      const took = await page.evaluate<number>(
        '(async () => { const begun = performance.now(); await new Promise((done) => requestAnimationFrame(() ' +
          '=> setTimeout(done))); return performance.now() - begun; })()',
      );
      expect(took).toBeLessThan(2000);
      expect(await page.evaluate('window.pwned ?? null')).toBeNull();
    },
    LONG_MS,
  );
});
