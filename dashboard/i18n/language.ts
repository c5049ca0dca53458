/** Which language: what the portal link asks for, then what was chosen here before, then the platform's. */
import { isLanguage, type Language, type Settings } from '../settings';

const KEY = 'webhooks language';

export function firstLanguage(
  asked: string | undefined,
  { language, languages }: Pick<Settings, 'language' | 'languages'>,
  storage: () => Pick<Storage, 'getItem'> = () => window.localStorage,
): Language {
  return (
    [asked, remembered(storage), language].find(
      (each): each is Language => isLanguage(each) && languages.includes(each),
    ) ?? 'en'
  );
}

export function rememberLanguage(
  language: Language,
  storage: () => Pick<Storage, 'setItem'> = () => window.localStorage,
): void {
  try {
    storage().setItem(KEY, language);
  } catch {
    // Refused: it is asked for again at the next visit.
  }
}

function remembered(storage: () => Pick<Storage, 'getItem'>): string | null {
  try {
    return storage().getItem(KEY);
  } catch {
    return null;
  }
}
