import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageChoice } from '../components/LanguageChoice';
import type { Settings } from '../settings';
import styles from './Closed.module.css';

type Why = 'none' | 'expired' | 'refused';

const TITLES = { none: 'session.none', expired: 'session.expired', refused: 'session.refused' } as const;
const WORDS = { none: 'session.noneWhy', expired: 'session.expiredWhy', refused: 'session.refusedWhy' } as const;

/** No session: what happened, and what to do. */
export function Closed({
  why,
  settings: { name, logo, languages },
}: {
  readonly why: Why;
  readonly settings: Settings;
}) {
  const { t } = useTranslation();
  const h1 = useRef<HTMLHeadingElement>(null);
  const title = t(TITLES[why]);
  useEffect(() => h1.current?.focus(), []);
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <main className={styles.page} data-testid="session-closed">
      <div className={styles.words}>
        <p className={styles.brand}>
          {logo !== undefined && <img src={logo} alt="" height={28} />}
          {name}
        </p>
        <h1 ref={h1} tabIndex={-1}>
          {title}
        </h1>
        <p>{t(WORDS[why])}</p>
        <p>{t('session.whatToDo', { name })}</p>
        <div className={styles.language}>
          <LanguageChoice languages={languages} />
        </div>
      </div>
    </main>
  );
}
