/**
 * What the server says in English sentences of its own, in the page's language: errors of attempts, rules of the
 * endpoint policy, why a webhook was disabled. What is not known here is shown as the server said it, and marked as
 * English.
 */

export interface ServerSentence {
  /** A regular expression over the whole sentence. */
  readonly pattern: string;
  /** Its translation; `$1` is the first group. A group that is a sentence of the server's is translated, too. */
  readonly text: string;
}

export type ServerWords = readonly ServerSentence[];

/** What was said, and in which language if not the page's. */
export interface Said {
  readonly text: string;
  readonly lang?: 'en';
}

let words: ServerWords = [];

export function setServerWords(sentences: ServerWords): void {
  words = sentences;
}

/** @param sentences of the page's language; none where it is English */
export function inPageLanguage(said: string, language: string, sentences: ServerWords = words): Said {
  if (language === 'en') return { text: said };
  const text = translated(said, sentences);
  return text === undefined ? { text: said, lang: 'en' } : { text };
}

function translated(said: string, sentences: ServerWords): string | undefined {
  for (const { pattern, text } of sentences) {
    const match = new RegExp(`^(?:${pattern})$`, 'su').exec(said);
    if (match !== null)
      return text.replace(/\$(\d)/g, (_whole, group: string) => inGroup(match[Number(group)] ?? '', sentences));
  }
  return undefined;
}

/**
 * Within another sentence: begun with a small letter, unless with an abbreviation, and without a stop where the server
 * has none.
 */
function inGroup(group: string, sentences: ServerWords): string {
  const text = translated(group, sentences);
  if (text === undefined) return group;
  const begun = /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
  return group.endsWith('.') ? begun : begun.replace(/\.$/, '');
}
