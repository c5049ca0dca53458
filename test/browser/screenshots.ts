/**
 * `npm run screenshots`: a picture of every page in both themes, at 1280 and 360 pixels, to .local/screenshots; those
 * of the README from among them to docs/screenshots. The stack is deployed for it to an embedded AWS of its own.
 */
import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { runMain } from '../../local/main';
import { localFolder, projectRoot } from '../../local/paths';
import { UserError } from '../../local/user-error';
import { startTestStack, stopTestStack } from '../e2e/harness/test-stack';
import { Platform } from '../e2e/platform';
import { Receiver } from '../e2e/receiver';
import { CHROMIUM, skipNotice } from '../runner/optional-tools';
import { launchBrowser } from './harness/browser';
import { stillness } from './harness/stillness';
import { Visit } from './harness/visit';
import { setScene, show } from './scenes';
import type { Language } from './words';

const ALL = join(localFolder, 'screenshots');
const BEST = join(projectRoot, 'docs', 'screenshots');
/** By scene, language, theme and width. */
const BEST_NAMES = [
  'webhooks-en-light-1280',
  'webhook-en-dark-1280',
  'delivery-en-light-1280',
  'settings-uk-light-1280',
  'deliveries-en-dark-360',
];
const BEST_MAX_BYTES = 150_000;
const WIDTHS = [1280, 360] as const;
const HEIGHTS = { 1280: 860, 360: 740 } as const;
const THEMES = ['light', 'dark'] as const;
/** Rekognita's customers read Ukrainian. */
const LANGUAGES: Readonly<Record<string, Language>> = { settings: 'uk', origin: 'uk' };

/** The receiver is on this machine; in a picture it is where a customer's would be. */
async function moveReceiver(page: Page, origin: string): Promise<void> {
  await page.context().route('**/api/v1/**', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(origin, 'https://hooks.acme.com') });
  });
}

async function main(): Promise<void> {
  const missing = CHROMIUM.missing();
  if (missing !== undefined) throw new UserError(`${skipNotice(CHROMIUM, missing)}.`);
  rmSync(ALL, { recursive: true, force: true });
  mkdirSync(ALL, { recursive: true });
  await startTestStack('browser');
  const receiver = new Receiver();
  await receiver.listen();
  const browser = await launchBrowser();
  try {
    const scenes = await setScene(new Platform('leapocr'), new Platform('rekognita'), receiver);
    for (const scene of scenes) {
      const language = LANGUAGES[scene.name] ?? 'en';
      const visit = await Visit.begin(browser, { width: WIDTHS[0], height: HEIGHTS[WIDTHS[0]] });
      await moveReceiver(visit.page, new URL(receiver.url('/')).origin);
      await show(visit.page, scene, language);
      for (const width of WIDTHS) {
        await visit.page.setViewportSize({ width, height: HEIGHTS[width] });
        for (const theme of THEMES) {
          await visit.page.emulateMedia({ colorScheme: theme });
          await stillness(visit.page);
          const name = `${scene.name}-${language}-${theme}-${width}`;
          await visit.page.screenshot({ path: join(ALL, `${name}.png`), animations: 'disabled', caret: 'hide' });
          await visit.page.screenshot({
            path: join(ALL, `${name}-whole.png`),
            animations: 'disabled',
            caret: 'hide',
            fullPage: true,
          });
        }
      }
      await visit.end().catch((error: Error) => process.stderr.write(`${scene.name}: ${error.message}\n`));
      process.stdout.write(`${scene.name}\n`);
    }
  } finally {
    await browser.close();
    await receiver.close();
    await stopTestStack('browser');
  }
  keepBest();
  process.exit(0);
}

function keepBest(): void {
  rmSync(BEST, { recursive: true, force: true });
  mkdirSync(BEST, { recursive: true });
  for (const name of BEST_NAMES) {
    const picture = join(ALL, `${name}.png`);
    if (statSync(picture).size > BEST_MAX_BYTES)
      throw new UserError(
        `${picture} has ${statSync(picture).size} bytes, a picture of the README at most ${BEST_MAX_BYTES}`,
      );
    copyFileSync(picture, join(BEST, `${name}.png`));
  }
}

runMain(main);
