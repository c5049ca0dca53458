/** Headless Chromium, which reaches this machine's loopback and nothing else. */
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from './chromium';

/** Names are resolved by nobody: what a page, or Chromium by itself, asks of another host fails before it leaves. */
const ONLY_LOOPBACK = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  ONLY_LOOPBACK,
];

export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('there is no Chromium here; see CONTRIBUTING.md');
  return chromium.launch({ executablePath, args: FLAGS });
}
