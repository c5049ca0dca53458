import { useTranslation } from 'react-i18next';
import { inPageLanguage } from '../i18n/server-words';
import { Untrusted } from './Untrusted';

/** A sentence of the server's, in the page's language where it is known. It may quote what others sent. */
export function ServerSays({ text }: { readonly text: string }) {
  const { text: said, lang } = inPageLanguage(text, useTranslation().i18n.language);
  return (
    <span lang={lang}>
      <Untrusted text={said} />
    </span>
  );
}
