import { useTranslation } from 'react-i18next';
import type { ServerReason } from '../api/reason';
import { inPageLanguage } from '../i18n/reasons';
import { Untrusted } from './Untrusted';

/** A reason of the server's, in the page's language where its code is known. It may quote what others sent. */
export function ServerSays(reason: ServerReason) {
  const { text, lang } = inPageLanguage(reason, useTranslation().i18n);
  return (
    <span lang={lang}>
      <Untrusted text={text} />
    </span>
  );
}
