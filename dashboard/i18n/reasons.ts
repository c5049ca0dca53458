/**
 * The server's reasons in the page's language. An English page shows the server's sentences. In another language the
 * sentence is made from the reason's code and parameters. Where that is not possible, the server's sentence is shown
 * and marked as English.
 */
import type { i18n } from 'i18next';
import type { Reason, ServerReason } from '../api/reason';

/** The shown text, and its language if that is not the page's. */
export interface Said {
  readonly text: string;
  readonly lang?: 'en';
}

const NAMESPACE = 'reasons';
/** Nothing that i18next would read as a namespace, a path or a plural form. */
const CODE = /^[a-z\d-]+$/;
/** The parameters that a plural form may follow, the first of those that a reason has. */
const COUNTED = ['count', 'days', 'bytes', 'limit'];
/** Parameters that the server joins with a word, by how that word reads here. */
const JOINED: Readonly<Record<string, readonly [string, Intl.ListFormatType] | undefined>> = {
  schemes: [' or ', 'disjunction'],
  ports: [' or ', 'disjunction'],
  scopes: [' and ', 'conjunction'],
};

/** @param texts of a language, by code */
export function addReasons(to: i18n, language: string, texts: object): void {
  to.addResourceBundle(language, NAMESPACE, texts);
  to.services.formatter?.add('inSentence', (sentence) => uncapitalized(String(sentence)));
}

interface Texts {
  readonly exists: (key: string, options: object) => boolean;
  readonly t: (key: string, options: object) => string;
}

export function inPageLanguage({ text, code, params }: ServerReason, i18n: i18n): Said {
  if (i18n.language === 'en') return { text };
  const translation = code === undefined ? undefined : translated({ code, params }, i18n);
  return translation === undefined ? { text, lang: 'en' } : { text: translation };
}

/** @returns undefined for a code that has no text here, or whose text needs a parameter that is not given */
function translated({ code, params = {} }: Reason, i18n: i18n): string | undefined {
  const count = COUNTED.map((name) => params[name]).find((value) => typeof value === 'number');
  // Keys of other namespaces are not among those that `t` and `exists` are typed with.
  const { exists, t } = i18n as unknown as Texts;
  const options = { ns: NAMESPACE, ...(count !== undefined && { count }) };
  if (!CODE.test(code) || !exists(code, options)) return undefined;
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    const text = parameterText(name, value, i18n);
    if (text === undefined) return undefined;
    shown[name] = text;
  }
  let complete = true;
  const text = t(code, {
    ...options,
    replace: shown, // apart from the options, so that no parameter is taken for one
    nest: false,
    missingInterpolationHandler: () => {
      complete = false;
      return '';
    },
  });
  return complete ? text : undefined;
}

/** @returns undefined for what is no parameter of a reason, or a cause that has no text here */
function parameterText(name: string, value: unknown, i18n: i18n): string | undefined {
  if (isReason(value)) return translated(value, i18n);
  if (typeof value === 'number') return new Intl.NumberFormat(i18n.language, { useGrouping: 'min2' }).format(value);
  if (typeof value !== 'string') return undefined;
  const [word, type] = JOINED[name] ?? [];
  return word === undefined ? value : new Intl.ListFormat(i18n.language, { type }).format(value.split(word));
}

function isReason(value: unknown): value is Reason {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';
}

/** As it goes on after a colon: begun with a small letter, unless with an abbreviation. */
function uncapitalized(sentence: string): string {
  return /^\p{Lu}{2}/u.test(sentence) ? sentence : sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
