/** A visitor who has no mouse: goes on by the Tab key, and sees where that leads. */
import type { Page } from 'playwright-core';

/** More steps than any page of the dashboard has. */
const STEPS_MAX = 120;

/**
 * As the element with the focus is called: by its label, or what stands in it; and whether it can be seen that it has
 * the focus.
 */
const FOCUSED = `(() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const { labels } = element;
  const label = labels && labels.length > 0 ? labels[0].textContent : element.textContent;
  const name = element.getAttribute('aria-label') ?? label;
  const shown = [element, element.parentElement, element.nextElementSibling].some((each) => {
    if (each === null) return false;
    const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(each);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  });
  const isInput = ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName);
  return { name: name.trim(), shown, isInput, visibility: style.visibility };
})()`;

/**
 * Presses Tab until something of that name has the focus.
 *
 * @throws Error with the names that were met, when it never has
 */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const met: string[] = [];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<{ name: string; shown: boolean; isInput: boolean }>(FOCUSED);
    const fits =
      typeof name === 'string'
        ? focused.name === name || focused.name.replace(/\s*\*$/, '') === name
        : name.test(focused.name);
    if (fits) {
      // Text fields show it by their border, which no rule of ours can tell from one without.
      if (!focused.shown && !focused.isInput) throw new Error(`"${focused.name}" has the focus, and nothing shows it`);
      return;
    }
    met.push(focused.name.slice(0, 40));
  }
  throw new Error(`Tab never leads to ${String(name)}, but to: ${met.join(' | ')}`);
}
