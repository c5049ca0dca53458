/** A page that has come to rest: no transition runs, and what measures itself has drawn itself anew. */
import type { Page } from 'playwright-core';

/** Those that never end, such as of what stands for a page to come, are not waited for. */
const AT_REST = `(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (let round = 0; round < 3; round += 1) {
    await frame();
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  }
  await frame();
})()`;

export async function stillness(page: Page): Promise<void> {
  await page.evaluate(AT_REST);
}
