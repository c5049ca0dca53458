/** i18next with one language loaded; another comes when it is chosen. */
import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../settings';
import { rememberLanguage } from './language';
import { type ServerWords, setServerWords } from './server-words';

/** Each language is a chunk of its own. English needs no words for what the server says in English. */
const LOCALES: Record<Language, () => Promise<{ messages: object; serverWords: ServerWords }>> = {
  en: async () => ({ messages: (await import('../locales/en.json')).default, serverWords: [] }),
  uk: async () => {
    const [messages, serverWords] = await Promise.all([
      import('../locales/uk.json'),
      import('../locales/server-words.uk.json'),
    ]);
    return { messages: messages.default, serverWords: serverWords.default };
  },
};

const loaded = new Map<Language, ServerWords>();

export async function startLanguage(language: Language): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: 'translation',
    resources: {},
    partialBundledLanguages: true,
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  await changeLanguage(language);
  return i18next;
}

export async function changeLanguage(language: Language): Promise<void> {
  let serverWords = loaded.get(language);
  if (serverWords === undefined) {
    const locale = await LOCALES[language]();
    i18next.addResourceBundle(language, 'translation', locale.messages);
    serverWords = locale.serverWords;
    loaded.set(language, serverWords);
  }
  setServerWords(serverWords);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  rememberLanguage(language);
  await changeLanguage(language);
}
