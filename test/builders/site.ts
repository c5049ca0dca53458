/** A dashboard as a build leaves it, small enough to read. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { DashboardSettings } from '../../lambda/dashboard/settings';

export const TEMPLATE = `<!doctype html>
<html lang="__LANGUAGE__"><head><meta charset="utf-8"><title>__TITLE__</title>
<meta property="csp-nonce" nonce="__NONCE__">
<script type="application/json" id="settings">__SETTINGS__</script>
<script type="module" nonce="__NONCE__" src="./portal/assets/main-B1gVTo1m.js"></script></head>
<body><div id="root"></div></body></html>
`;
export const SCRIPT = Buffer.from(`${'console.log("вебхуки");'.repeat(100)}\n`);
export const SCRIPT_NAME = 'assets/main-B1gVTo1m.js';
export const LOGO = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
/** Bytes that are no text. */
export const FONT = Buffer.from(Array.from({ length: 256 }, (_value, index) => index));
export const FONT_NAME = 'assets/inter-BFont123.woff2';

export function builtSite(changes: Record<string, Uint8Array> = {}): Map<string, Uint8Array> {
  return new Map(
    Object.entries({
      'index.html': Buffer.from(TEMPLATE),
      [SCRIPT_NAME]: SCRIPT,
      [`${SCRIPT_NAME}.br`]: brotliCompressSync(SCRIPT),
      [`${SCRIPT_NAME}.gz`]: gzipSync(SCRIPT),
      [FONT_NAME]: FONT,
      'logo.svg': LOGO,
      ...changes,
    }),
  );
}

export const DASHBOARD_SETTINGS: DashboardSettings = {
  version: 1,
  name: 'Acme',
  language: 'en',
  logo: 'logo.svg',
  primaryColor: '#0a7cff',
  tenantPath: '/tenants/{tenant_id}',
  subscriptions: true,
  accountSecret: false,
  frameAncestors: [],
};
