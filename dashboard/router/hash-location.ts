/**
 * Routes in the fragment, `#/webhooks/ID?status=failed`: one document serves them all, and none of it is sent. A page
 * that holds what would be lost, a secret shown once, may hold on to whoever leaves: see {@link holdLeaving}.
 */
import { useSyncExternalStore } from 'react';

interface NavigateOptions {
  readonly replace?: boolean;
}

/** Asked before the place changes; it calls `go` if and when the reader wants to leave after all. */
export type Hold = (go: () => void) => void;

let hold: Hold | undefined;
/** Where the reader is, as far as the page has followed. */
let here = fragment();
const listeners = new Set<() => void>();

function fragment(): string {
  return `/${window.location.hash.replace(/^#?\/?/, '')}`;
}

let moves = 0;

/** How often the reader has changed the place: none when the page was just opened. */
export function movesSoFar(): number {
  return moves;
}

function follow(): void {
  here = fragment();
  moves += 1;
  for (const listener of listeners) listener();
}

window.addEventListener('hashchange', () => {
  const target = fragment();
  if (target === here) return;
  if (hold === undefined) return follow();
  // Back, forward or a typed address: the browser is there already. The page stays, and the address with it.
  window.history.pushState(null, '', `#${here}`);
  hold(() => {
    hold = undefined;
    navigate(target);
  });
});

export function navigate(to: string, { replace = false }: NavigateOptions = {}): void {
  const go = () => {
    hold = undefined;
    window.history[replace ? 'replaceState' : 'pushState'](null, '', `#${to}`);
    follow();
  };
  if (hold === undefined) go();
  else hold(go);
}

/** @returns gives up holding */
export function holdLeaving(ask: Hold): () => void {
  const mine = ask;
  hold = mine;
  // Of closing the tab or loading the page again the browser asks in its own words.
  const stay = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener('beforeunload', stay);
  return () => {
    if (hold === mine) hold = undefined;
    window.removeEventListener('beforeunload', stay);
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const path = (): string => here.split('?', 1)[0]!;
const query = (): string => here.slice(path().length + 1);

/** For wouter's Router. */
export function useHashLocation(): [string, typeof navigate] {
  return [useSyncExternalStore(subscribe, path), navigate];
}

useHashLocation.searchHook = (): string => useSyncExternalStore(subscribe, query);
useHashLocation.hrefs = (to: string): string => `#${to}`;
