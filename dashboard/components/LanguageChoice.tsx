import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { chooseLanguage } from '../i18n/i18n';
import type { Language } from '../settings';

/** Each by its own name. */
const NAMES: Record<Language, string> = { en: 'English', uk: 'Українська' };

export function LanguageChoice({ languages }: { readonly languages: readonly Language[] }) {
  const { t, i18n } = useTranslation();
  if (languages.length < 2) return null;
  return (
    <NativeSelect
      size="xs"
      w={124}
      aria-label={t('shell.language')}
      value={i18n.language}
      onChange={(event) => void chooseLanguage(event.currentTarget.value as Language)}
      data={languages.map((value) => ({ value, label: NAMES[value] }))}
    />
  );
}
