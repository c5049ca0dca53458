/** Every page, as people come to it: with a screen reader, in the dark, on a small telephone, by a slow line. */
import type { Page } from 'playwright-core';
import { Platform } from '../e2e/platform';
import { Receiver } from '../e2e/receiver';
import { axeViolations } from './harness/accessibility';
import { describeInBrowser } from './harness/in-browser';
import { stillness } from './harness/stillness';
import type { VisitOptions } from './harness/visit';
import { enter } from './portal';
import { type Scene, setScene, show } from './scenes';
import type { Language } from './words';

const LONG_MS = 120_000;
/** Of JavaScript, as it is sent, until the first page stands. */
const FIRST_LOAD_MAX_BYTES = 200_000;
const NARROW = { width: 360, height: 740 };

describeInBrowser('every page', ({ visit }) => {
  const leapocr = new Platform('leapocr');
  const rekognita = new Platform('rekognita');
  const receiver = new Receiver();
  let scenes: Scene[];
  beforeAll(async () => {
    await receiver.listen();
    scenes = await setScene(leapocr, rekognita, receiver);
  }, LONG_MS);
  afterAll(() => receiver.close());

  /** @returns what is wrong, by the scene that it is wrong in */
  async function inEveryScene(
    language: Language,
    look: (page: Page) => Promise<readonly string[]>,
    options?: VisitOptions,
  ): Promise<Record<string, readonly string[]>> {
    const wrong: Record<string, readonly string[]> = {};
    for (const scene of scenes) {
      const own = await visit(options);
      await show(own.page, scene, language);
      const found = [...(await look(own.page)), ...own.found()];
      if (found.length > 0) wrong[scene.name] = found;
      own.allow(/./); // it is among what is wrong
      await own.end();
    }
    return wrong;
  }

  /**
   * Run in the page: what of it is cut off at the edge of something that hides its overflow. What is 1 pixel wide is
   * for screen readers.
   */
  const CUT_OFF = `[...document.body.querySelectorAll('*')]
    .filter((each) => each instanceof HTMLElement && each.innerText !== '' && each.checkVisibility())
    .filter((each) => getComputedStyle(each).overflowX === 'hidden')
    .filter((each) => each.clientWidth > 1 && each.scrollWidth > each.clientWidth)
    .map((each) => {
      const place = each.tagName.toLowerCase() + '.' + each.className + ': ' + each.textContent.slice(0, 60);
      return each.scrollWidth + ' pixels on ' + each.clientWidth + ' in ' + place;
    })`;

  /** @returns nothing for a page that does not scroll sideways and cuts nothing off */
  async function tooWide(page: Page): Promise<string[]> {
    await page.setViewportSize(NARROW);
    await stillness(page);
    const { scroll, client } = await page.evaluate<{ scroll: number; client: number }>(
      '({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth })',
    );
    return [...(scroll > client ? [`${scroll} pixels on ${client}`] : []), ...(await page.evaluate<string[]>(CUT_OFF))];
  }

  test(
    'breaks no rule of accessibility, light or dark, and fits a screen of 360 pixels',
    async () => {
      const wrong = await inEveryScene('en', async (page) => {
        const light = await axeViolations(page);
        await page.emulateMedia({ colorScheme: 'dark' });
        await stillness(page);
        const dark = await axeViolations(page);
        return [
          ...light,
          ...dark.filter((each) => !light.includes(each)).map((each) => `dark: ${each}`),
          ...(await tooWide(page)),
        ];
      });
      expect(wrong).toEqual({});
    },
    3 * LONG_MS,
  );

  test(
    'opens on such a screen in Ukrainian, whose words are longer, and fits it',
    async () => {
      expect(await inEveryScene('uk', tooWide, NARROW)).toEqual({});
    },
    3 * LONG_MS,
  );

  test(
    'the first comes with at most 200 KB of JavaScript, compressed',
    async () => {
      const { page } = await visit();
      const session = await page.context().newCDPSession(page);
      await session.send('Network.enable');
      const scripts = new Map<string, { url: string; coding: string | undefined; bytes: number }>();
      session.on('Network.responseReceived', ({ requestId, response }) => {
        if (response.mimeType === 'text/javascript')
          scripts.set(requestId, {
            url: new URL(response.url).pathname,
            coding: response.headers['content-encoding'],
            bytes: 0,
          });
      });
      session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        const script = scripts.get(requestId);
        if (script !== undefined) script.bytes = encodedDataLength;
      });
      await enter(page, leapocr.stack, leapocr.newTenant());
      await page.waitForLoadState('networkidle');
      const all = [...scripts.values()];
      expect(all.length).toBeGreaterThan(0);
      expect(all.filter(({ bytes }) => bytes === 0)).toEqual([]);
      expect(all.filter(({ coding, bytes }) => coding !== 'br' && bytes > 2000)).toEqual([]);
      const bytes = all.reduce((sum, script) => sum + script.bytes, 0);
      process.stdout.write(`first load: ${bytes} bytes of JavaScript in ${all.length} files\n`);
      expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_MAX_BYTES);
    },
    LONG_MS,
  );
});
