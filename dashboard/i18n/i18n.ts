/** i18next with one language loaded. Another comes when it is chosen. */
import i18next, { type i18n, type InitOptions } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../settings';
import { rememberLanguage } from './language';
import { addReasons } from './reasons';

export const OPTIONS: InitOptions = {
  fallbackLng: false,
  ns: 'translation',
  resources: {},
  partialBundledLanguages: true,
  interpolation: { escapeValue: false }, // React escapes
  returnNull: false,
};

interface Locale {
  readonly messages: object;
  /** For the reasons that the server gives. None in English, in which the server gives them. */
  readonly reasons?: object;
}

/** Each language is a chunk of its own. */
const LOCALES: Record<Language, () => Promise<Locale>> = {
  en: async () => ({ messages: (await import('../locales/en.json')).default }),
  uk: async () => {
    const [messages, reasons] = await Promise.all([import('../locales/uk.json'), import('../locales/reasons.uk.json')]);
    return { messages: messages.default, reasons: reasons.default };
  },
};

const loaded = new Set<Language>();

export async function startLanguage(language: Language): Promise<i18n> {
  await i18next.use(initReactI18next).init({ ...OPTIONS, lng: language });
  await changeLanguage(language);
  return i18next;
}

export async function changeLanguage(language: Language): Promise<void> {
  if (!loaded.has(language)) {
    const { messages, reasons } = await LOCALES[language]();
    i18next.addResourceBundle(language, 'translation', messages);
    if (reasons !== undefined) addReasons(i18next, language, reasons);
    loaded.add(language);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  rememberLanguage(language);
  await changeLanguage(language);
}
