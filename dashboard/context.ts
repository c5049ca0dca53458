/** What every page has at hand: the platform's settings, the API for this tenant, and what the session may do. */
import { createContext, useContext, useEffect } from 'react';
import type { Operations } from './api/operations';
import type { Claims, Scope } from './session/token';
import type { Settings } from './settings';

export interface Dashboard {
  readonly settings: Settings;
  readonly api: Operations;
  readonly claims: Claims;
  /**
   * Keeps the session on the screen, though it end.
   *
   * @returns gives up keeping it
   */
  readonly keepSession: () => () => void;
}

/** The session has ended and is kept on the screen. */
export const SessionOver = createContext(false);

export const DashboardContext = createContext<Dashboard | undefined>(undefined);

export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === undefined) throw new Error('outside of a session');
  return dashboard;
}

export function useScope(scope: Scope): boolean {
  return useDashboard().claims.scopes.has(scope);
}

/** Keeps what is on the screen from the end of the session, as long as it is asked to. */
export function useKeepSession(keep: boolean): void {
  const { keepSession } = useDashboard();
  useEffect(() => (keep ? keepSession() : undefined), [keep, keepSession]);
}
