import { ActionIcon, useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useDashboard, useScope } from '../context';
import { useFormat } from '../i18n/use-format';
import { Closed } from '../pages/Closed';
import { places } from '../router/places';
import { isPast, serverNow } from '../session/server-clock';
import { AutoIcon, DarkIcon, LightIcon } from './icons';
import { LanguageChoice } from './LanguageChoice';
import { Notice } from './Notice';
import { useNow } from './now';
import { isOfNoUse } from './refused';
import styles from './Shell.module.css';

/** The session's end is announced so long before. */
const WARNING_MS = 5 * 60_000;

/** What stands around every page. */
export function Shell({ onExpired, children }: { readonly onExpired: () => void; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const dashboard = useDashboard();
  const { settings } = dashboard;
  if (isOfNoUse(dashboard)) return <Closed why="refused" settings={settings} />;
  return (
    <>
      <a
        href="#main"
        className={styles.skip}
        onClick={(event) => {
          event.preventDefault(); // the fragment is the route
          document.getElementById('main')?.focus();
        }}
      >
        {t('shell.skip')}
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Link href="/" className={styles.brand}>
            {settings.logo !== undefined && <img src={settings.logo} alt="" height={24} />}
            <span>{settings.name}</span>
          </Link>
          <Navigation />
          <div className={styles.choices}>
            <LanguageChoice languages={settings.languages} />
            <SchemeChoice />
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1} className={styles.main}>
        <SessionEnd onExpired={onExpired} />
        <ReadOnly />
        {children}
      </main>
    </>
  );
}

function Navigation() {
  const { t } = useTranslation();
  const { accountSecret, subscriptions } = useDashboard().settings;
  const [path] = useLocation();
  const items = [
    subscriptions && { to: places.webhooks, label: t('nav.webhooks'), here: /^\/(webhooks|deliveries)(\/|$)/ },
    accountSecret && {
      to: places.settings,
      label: subscriptions ? t('nav.settings') : t('nav.settingsWebhooks'),
      here: subscriptions ? /^\/(settings|origins)(\/|$)/ : /^\/(settings|origins|deliveries)(\/|$)/,
    },
    { to: places.events, label: t('nav.events'), here: /^\/events(\/|$)/ },
    { to: places.verify, label: t('nav.verify'), here: /^\/verify$/ },
  ].filter((item) => item !== false);
  return (
    <nav aria-label={t('nav.label')} className={styles.nav}>
      {items.map(({ to, label, here }) => (
        <Link key={to} href={to} aria-current={here.test(path) ? 'page' : undefined} className={styles.tab}>
          {label}
        </Link>
      ))}
    </nav>
  );
}

const SCHEMES = {
  auto: { icon: AutoIcon, label: 'shell.schemeAuto', next: 'light' },
  light: { icon: LightIcon, label: 'shell.schemeLight', next: 'dark' },
  dark: { icon: DarkIcon, label: 'shell.schemeDark', next: 'auto' },
} as const;

function SchemeChoice() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { icon: Icon, label, next } = SCHEMES[colorScheme];
  return (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={t('shell.scheme', { scheme: t(label) })}
      title={t('shell.scheme', { scheme: t(label) })}
      onClick={() => setColorScheme(next)}
    >
      <Icon />
    </ActionIcon>
  );
}

function SessionEnd({ onExpired }: { readonly onExpired: () => void }) {
  const { t } = useTranslation();
  const { claims, settings } = useDashboard();
  const format = useFormat();
  useNow(); // looks again; the time itself may be of before the first answer
  const over = isPast(claims.expiresAt);
  const left = claims.expiresAt - serverNow();
  useEffect(() => {
    if (over) onExpired();
  }, [over, onExpired]);
  if (over || left <= 0 || left > WARNING_MS) return null;
  return (
    <div className={styles.notice}>
      <Notice kind="warn" live title={t('session.ending', { time: format.time(new Date(claims.expiresAt)) })}>
        {t('session.endingWhat', { name: settings.name })}
      </Notice>
    </div>
  );
}

function ReadOnly() {
  const { t } = useTranslation();
  if (useScope('webhooks:write')) return null;
  return (
    <div className={styles.notice}>
      <Notice kind="info" title={t('scope.readOnly')}>
        {t('scope.readOnlyWhy')}
      </Notice>
    </div>
  );
}
