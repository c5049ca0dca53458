/**
 * Tests in a browser: each with a visit, whose problems fail it. Without Chromium they are skipped, and the run says so
 * (test/runner/optional-tools.ts).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { localFolder } from '../../../local/paths';
import { CHROMIUM } from '../../runner/optional-tools';
import { launchBrowser } from './browser';
import { Visit, type VisitOptions } from './visit';

export interface InBrowser {
  /** Begins a visit, which ends with the test. */
  readonly visit: (options?: VisitOptions) => Promise<Visit>;
}

/** How each visit looked when it ended, by the name of its test. */
const PICTURES = join(localFolder, 'test', 'browser');

/** @param body is not run at all without Chromium: there is no deployed stack then either */
export function describeInBrowser(name: string, body: (given: InBrowser) => void): void {
  if (CHROMIUM.missing() !== undefined) {
    describe(name, () => test.skip('needs Chromium', () => undefined));
    return;
  }
  describe(name, () => {
    let browser: Browser;
    const visits: Visit[] = [];
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterEach(async () => {
      mkdirSync(PICTURES, { recursive: true });
      const picture = join(
        PICTURES,
        `${expect
          .getState()
          .currentTestName!.replaceAll(/[^\w-]+/g, '-')
          .slice(0, 150)}.png`,
      );
      const ended = await Promise.allSettled(visits.splice(0).map((visit) => visit.end(picture)));
      for (const each of ended) if (each.status === 'rejected') throw each.reason;
    });
    afterAll(() => browser.close());
    body({
      visit: async (options) => {
        const visit = await Visit.begin(browser, options);
        visits.push(visit);
        return visit;
      },
    });
  });
}
