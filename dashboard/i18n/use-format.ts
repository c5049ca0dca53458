import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Format, formatIn, inReadersRegion } from './format';

export function useFormat(): Format {
  const { language } = useTranslation().i18n;
  return useMemo(() => formatIn(inReadersRegion(language, navigator.languages)), [language]);
}
