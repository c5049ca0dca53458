/** What every page has at hand: the platform's settings, the API for this tenant, and what the session may do. */
import { createContext, useContext } from 'react';
import type { Operations } from './api/operations';
import type { Claims, Scope } from './session/token';
import type { Settings } from './settings';

export interface Dashboard {
  readonly settings: Settings;
  readonly api: Operations;
  readonly claims: Claims;
}

export const DashboardContext = createContext<Dashboard | undefined>(undefined);

export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === undefined) throw new Error('outside of a session');
  return dashboard;
}

export function useScope(scope: Scope): boolean {
  return useDashboard().claims.scopes.has(scope);
}
