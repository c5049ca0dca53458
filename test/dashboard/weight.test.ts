/** The page as it is built: how much of it comes at first, and that a strict policy lets it run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { binFolder, projectRoot } from '../../local/paths';

/** Of compressed JavaScript, by gzip; brotli is smaller. */
const FIRST_LOAD_MAX_BYTES = 200_000;

const folder = mkdtempSync(join(tmpdir(), 'dashboard-build-'));
let html = '';
beforeAll(() => {
  execFileSync(
    join(binFolder, 'vite'),
    [
      'build',
      '--config',
      join(projectRoot, 'dashboard', 'vite.config.ts'),
      '--outDir',
      folder,
      '--emptyOutDir',
      '--configLoader',
      'runner',
      '--logLevel',
      'warn',
    ],
    { stdio: 'pipe', env: { ...process.env, NODE_ENV: 'production' } },
  );
  html = readFileSync(join(folder, 'index.html'), 'utf8');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const files = () => readdirSync(join(folder, 'assets'));
const bytes = (name: string) => gzipSync(readFileSync(join(folder, 'assets', name)), { level: 9 }).length;
const asked = () => [...html.matchAll(/(?:src|href)="\.\/portal\/assets\/([^"]+\.js)"/g)].map(([, name]) => name!);

test('the first load has at most 200 KB of JavaScript, the larger language included', () => {
  const languages = {
    en: files().filter((name) => name.startsWith('en-')),
    uk: files().filter((name) => /^(uk|reasons\.uk)-/.test(name)),
  };
  expect(languages).toEqual({ en: [expect.any(String)], uk: [expect.any(String), expect.any(String)] });
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + bytes(name), 0);
  const first = sum(asked()) + Math.max(...Object.values(languages).map(sum));
  process.stdout.write(`first load: ${first} bytes of JavaScript, by gzip\n`);
  expect(first).toBeLessThanOrEqual(FIRST_LOAD_MAX_BYTES);
});

test('the page asks at once for all that the first page needs: what the entry imports is named', () => {
  const app = files().find((name) => /^app-.+\.js$/.test(name))!;
  expect(asked()).toContain(app);
  for (const [, name] of readFileSync(join(folder, 'assets', app), 'utf8').matchAll(/from"\.\/([^"]+)"/g))
    expect(asked()).toContain(name);
});

test('the entry imports nothing: the token is taken from the address before anything else runs', () => {
  const [, entry] = /<script type="module"[^>]* src="\.\/portal\/assets\/([^"]+)"/.exec(html)!;
  expect(readFileSync(join(folder, 'assets', entry!), 'utf8')).not.toMatch(/(^|;)import\s*[{"*]/);
});

test('nothing is inline, nothing comes from elsewhere, and every placeholder has its place', () => {
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
  for (const [, attributes, body] of html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g))
    expect([attributes!.includes('application/json'), body]).toEqual([
      body !== '',
      attributes!.includes('application/json') ? '__SETTINGS__' : '',
    ]);
  for (const [, address] of html.matchAll(/(?:src|href)="([^"]+)"/g))
    expect(address).toMatch(/^(\.\/portal\/assets\/|data:,)/);
  for (const name of ['LANGUAGE', 'TITLE', 'NONCE', 'SETTINGS']) expect(html).toContain(`__${name}__`);
  expect(html).toMatch(/<meta property="csp-nonce" nonce="__NONCE__"/);
  for (const name of files()) {
    expect(name).toMatch(/-[\w-]{8}\.(js|css)$/);
    const text = readFileSync(join(folder, 'assets', name), 'utf8');
    expect(text).not.toMatch(/sourceMappingURL|\beval\(|new Function\(/);
    if (name.endsWith('.css')) expect(text).not.toMatch(/@import|url\((?!["']?(data:|#))/);
  }
});
