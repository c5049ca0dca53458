/** Puts the page together: settings, language, looks, session. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, useEffect, useMemo, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { makeClient } from './api/client';
import { ApiError, Unreachable } from './api/error';
import { operationsOf } from './api/operations';
import { Toasts } from './components/Toasts';
import { type Dashboard, DashboardContext, SessionOver } from './context';
import { changeLanguage, startLanguage } from './i18n/i18n';
import { firstLanguage, rememberLanguage } from './i18n/language';
import { Closed } from './pages/Closed';
import { navigate, useHashLocation } from './router/hash-location';
import { Routes } from './routes';
import { serverNow } from './session/server-clock';
import type { Session, SessionStore } from './session/session';
import { isLanguage, readSettings, type Settings } from './settings';
import { platformTheme, readableVariables } from './theme/theme';
import { Shell } from './components/Shell';

/** A server that is busy for a moment; anything else is told at once. */
const RETRIES = 2;

export async function start(sessions: SessionStore): Promise<void> {
  globalThis.__webpack_nonce__ = nonce();
  sessions.goTo = navigate;
  const settings = readSettings(document);
  const asked = languageOf(sessions.current());
  const language = firstLanguage(asked, settings);
  if (isLanguage(asked)) rememberLanguage(language);
  await startLanguage(language);
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <App sessions={sessions} settings={settings} />
    </StrictMode>,
  );
}

const languageOf = (session: Session): string | undefined => (session.kind === 'open' ? session.language : undefined);

/** The nonce that the page came with; styles that a script makes need it. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

declare global {
  /** Where the package that keeps the page from scrolling behind a dialog looks for it (get-nonce). */
  var __webpack_nonce__: string | undefined;
}

function App({ sessions, settings }: { readonly sessions: SessionStore; readonly settings: Settings }) {
  const session = useSyncExternalStore(sessions.subscribe, sessions.current);
  const asked = languageOf(session);
  useEffect(() => {
    if (!isLanguage(asked) || !settings.languages.includes(asked)) return;
    rememberLanguage(asked);
    void changeLanguage(asked);
  }, [asked, settings]);
  const theme = useMemo(() => platformTheme(settings.primaryColor), [settings]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readableVariables}
      defaultColorScheme="auto"
      getStyleNonce={nonce}
    >
      <Router hook={useHashLocation}>
        <Toasts>
          {session.kind === 'open' ? (
            <Open key={session.token} session={session} sessions={sessions} settings={settings} />
          ) : (
            <Closed why={session.why} settings={settings} />
          )}
        </Toasts>
      </Router>
    </MantineProvider>
  );
}

function Open({
  session,
  sessions,
  settings,
}: {
  readonly session: Extract<Session, { kind: 'open' }>;
  readonly sessions: SessionStore;
  readonly settings: Settings;
}) {
  const { token, claims } = session;
  const [dashboard, queries] = useMemo(() => {
    const api = operationsOf(
      makeClient({
        base: new URL(settings.apiBase, document.baseURI.split('#', 1)[0]).href,
        tenantPath: settings.tenantPath,
        tenant: claims.tenant,
        token,
        onUnauthenticated: () => sessions.close(claims.expiresAt <= serverNow() ? 'expired' : 'refused'),
      }),
    );
    return [
      { settings, api, claims, keepSession: sessions.keep } satisfies Dashboard,
      new QueryClient({ defaultOptions: { queries: { retry, staleTime: 10_000, refetchOnWindowFocus: true } } }),
    ] as const;
  }, [token, claims, sessions, settings]);
  return (
    <QueryClientProvider client={queries}>
      <DashboardContext value={dashboard}>
        <SessionOver value={session.over === true}>
          <Shell onExpired={() => sessions.close('expired')}>
            <Routes />
          </Shell>
        </SessionOver>
      </DashboardContext>
    </QueryClientProvider>
  );
}

function retry(failures: number, error: Error): boolean {
  const passing =
    error instanceof Unreachable || (error instanceof ApiError && (error.status >= 500 || error.status === 429));
  return passing && failures < RETRIES;
}
