/** The page's own words in a language, by their keys: what a visitor reads, and clicks on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Language = 'en' | 'uk';
export type Words = (key: string, values?: Record<string, string | number>) => string;

interface Branch {
  readonly [name: string]: string | Branch;
}

/**
 * @returns the words of a key such as `form.url`
 * @throws Error for a key that the page does not have
 */
export function wordsIn(language: Language): Words {
  const all = JSON.parse(
    readFileSync(join(__dirname, '..', '..', 'dashboard', 'locales', `${language}.json`), 'utf8'),
  ) as Branch;
  return (key, values = {}) => {
    const found = key
      .split('.')
      .reduce<string | Branch | undefined>(
        (branch, part) => (typeof branch === 'object' ? branch[part] : undefined),
        all,
      );
    if (typeof found !== 'string') throw new Error(`the page has no words for ${key}`);
    return found.replaceAll(/\{\{(\w+)\}\}/g, (_match, name: string) => String(values[name] ?? ''));
  };
}
