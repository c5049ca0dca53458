/**
 * What axe-core finds against WCAG 2.2, A and AA, and its own best practices, on the page as it stands; and text that
 * nobody sees, which it leaves undecided.
 */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface AxeNode {
  readonly target: readonly unknown[];
  readonly failureSummary?: string;
  readonly any: readonly { readonly id: string; readonly data?: { readonly messageKey?: string } | null }[];
}

interface AxeRule {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly AxeNode[];
}

interface AxeResults {
  readonly violations: readonly AxeRule[];
  /** What axe would have a person look at. */
  readonly incomplete: readonly AxeRule[];
}

/** Text of its surface's own color, 1 to 1: axe takes it for meant to be hidden, and calls it no violation. */
const unseen = ({ any }: AxeNode): boolean =>
  any.some(({ id, data }) => id === 'color-contrast' && data?.messageKey === 'equalRatio');

/** @returns a line for each place that breaks a rule */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE); // by the debugger: the page's own policy lets no script in
  const results = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations', 'incomplete'] })");
  const invisible = results.incomplete.map((rule) => ({ ...rule, nodes: rule.nodes.filter(unseen) }));
  return [...results.violations, ...invisible].flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) =>
        `${id}: ${help}: ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`,
    ),
  );
}
