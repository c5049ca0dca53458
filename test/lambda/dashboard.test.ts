/** The dashboard's function: what a browser gets of it, by API Gateway's events. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { answerRequest } from '../../lambda/dashboard/answer';
import { CODINGS, type Coding, chosenCoding } from '../../lambda/dashboard/content-coding';
import { requestOf, resultOf } from '../../lambda/dashboard/lambda-event';
import { Page } from '../../lambda/dashboard/page';
import { type DashboardSettings, parseDashboardSettings } from '../../lambda/dashboard/settings';
import { siteOf } from '../../lambda/dashboard/site';
import { builtSite, DASHBOARD_SETTINGS, FONT, FONT_NAME, LOGO, SCRIPT, SCRIPT_NAME, TEMPLATE } from '../builders/site';

const NONCE = 'AAECAwQFBgcICQoLDA0ODw==';

interface Options {
  readonly settings?: Partial<DashboardSettings>;
  readonly headers?: Record<string, string>;
  readonly nonce?: string;
  readonly template?: string;
}

/** As API Gateway calls the function, and sends what it gives. */
function ask(method: string, path: string, { settings: changes, headers = {}, nonce = NONCE, template }: Options = {}) {
  const settings = { ...DASHBOARD_SETTINGS, ...changes };
  const site = siteOf(builtSite(template === undefined ? {} : { 'index.html': Buffer.from(template) }));
  const event = {
    rawPath: path,
    headers,
    requestContext: {
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'r',
    },
  };
  const result = resultOf(
    answerRequest(requestOf(event), { site, page: new Page(site.template, settings), settings }, nonce),
  );
  const body = Buffer.from(result.body!, result.isBase64Encoded ? 'base64' : 'utf8');
  return {
    status: result.statusCode!,
    headers: result.headers as Record<string, string>,
    body,
    text: body.toString('utf8'),
  };
}

const settingsIn = (html: string) =>
  JSON.parse(/id="settings">([^]*?)<\/script>/.exec(html)![1]!) as Record<string, unknown>;

describe('the page', () => {
  test('is at /portal, with what is the platform’s in its places', () => {
    const { status, headers, text } = ask('GET', '/portal');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<title>Webhooks · Acme</title>');
    expect(settingsIn(text)).toEqual({
      name: 'Acme',
      logo: './portal/logo.svg',
      primaryColor: '#0a7cff',
      language: 'en',
      languages: ['en', 'uk'],
      tenantPath: '/tenants/{tenant_id}',
      apiBase: './api/v1',
      accountSecret: false,
      subscriptions: true,
    });
    expect(text).not.toMatch(/__[A-Z]+__/);
  });

  test('comes in Ukrainian, and without a logo or a color, where the platform says so', () => {
    const { text } = ask('GET', '/portal', { settings: { language: 'uk', logo: undefined, primaryColor: undefined } });
    expect(text).toContain('<html lang="uk">');
    expect(text).toContain('<title>Вебхуки · Acme</title>');
    expect(Object.keys(settingsIn(text))).not.toEqual(expect.arrayContaining(['logo']));
    expect(settingsIn(text)).toMatchObject({ language: 'uk' });
  });

  test.each([
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "<!--<script>'&amp;",
    '__NONCE__ __SETTINGS__',
    '$& $1',
    '\u2028\u202e',
  ])('says a name as a text, whatever is in it: %s', (name) => {
    const { text } = ask('GET', '/portal', { settings: { name } });
    expect(settingsIn(text).name).toBe(name);
    expect(text.match(/<(script|img)/g)).toEqual(TEMPLATE.match(/<(script|img)/g));
    expect(text.split(NONCE).length - 1).toBe(2);
  });

  test('lets its own scripts run, styles with this request’s nonce, and nothing else', () => {
    expect(ask('GET', '/portal').headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-AAECAwQFBgcICQoLDA0ODw=='; img-src " +
        "'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors " +
        "'none'",
    );
    const other = ask('GET', '/portal', { nonce: 'b3RoZXI=' });
    expect(other.headers['content-security-policy']).toContain("'nonce-b3RoZXI='");
    expect(other.text).toContain('nonce="b3RoZXI="');
  });

  test('is kept by no cache, says nothing of where somebody came from, and is held by no frame', () => {
    expect(ask('GET', '/portal').headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()') as string,
      'x-frame-options': 'DENY',
    });
  });

  test('is held by frames of the origins that the platform names', () => {
    const { headers } = ask('GET', '/portal', {
      settings: { frameAncestors: ['https://app.acme.com', 'https://*.acme.dev:8443'] },
    });
    expect(headers['content-security-policy']).toContain(
      'frame-ancestors https://app.acme.com https://*.acme.dev:8443',
    );
    expect(headers['x-frame-options']).toBeUndefined();
  });

  test('asked for with a slash behind it, sends one to where it is, seen from there', () => {
    const { status, headers } = ask('GET', '/portal/');
    expect(status).toBe(308);
    for (const base of ['https://api.acme.com/portal/', 'http://127.0.0.1:4566/_aws/execute-api/abc/portal/'])
      expect(new URL(headers.location!, base).href).toBe(base.slice(0, -1));
  });

  test('has its files, too, where the slash was taken off on the way: it asks for them below itself', () => {
    const { status, body } = ask('GET', `/portal/portal/${SCRIPT_NAME}`);
    expect([status, body]).toEqual([200, ask('GET', `/portal/${SCRIPT_NAME}`).body]);
    expect(ask('GET', `/portal/portal/portal/${SCRIPT_NAME}`).status).toBe(404);
  });

  test.each(['__LANGUAGE__', '__TITLE__', '__NONCE__', '__SETTINGS__'])(
    'is not served from a build that has no place for %s',
    (place) => {
      expect(() => ask('GET', '/portal', { template: TEMPLATE.replaceAll(place, '') })).toThrow(
        /has no place for [A-Z]+; build the dashboard again/,
      );
    },
  );
});

describe('its files', () => {
  test.each<[string | undefined, string | undefined, (bytes: Buffer) => Buffer]>([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    [undefined, undefined, (bytes) => bytes],
  ])('come in the coding that the browser likes: %s', (accepted, coding, decoded) => {
    const { status, headers, body } = ask('GET', `/portal/${SCRIPT_NAME}`, {
      headers: accepted === undefined ? {} : { 'accept-encoding': accepted },
    });
    expect({ status, coding: headers['content-encoding'], type: headers['content-type'], vary: headers.vary }).toEqual({
      status: 200,
      coding,
      type: 'text/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
    expect(decoded(body).equals(SCRIPT)).toBe(true);
  });

  test('that are no text come byte for byte', () => {
    const { headers, body } = ask('GET', `/portal/${FONT_NAME}`, { headers: { 'accept-encoding': 'br' } });
    expect(headers).toMatchObject({ 'content-type': 'font/woff2' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.equals(FONT)).toBe(true);
  });

  test('under hashed names are kept for a year, a logo is asked about again', () => {
    expect(ask('GET', `/portal/${SCRIPT_NAME}`).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(ask('GET', '/portal/logo.svg').headers['cache-control']).toBe('public, max-age=300');
  });

  test('may do nothing when one is opened by itself', () => {
    const { headers, body } = ask('GET', '/portal/logo.svg');
    expect(body.equals(LOGO)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
    });
  });

  test('that the browser has already are not sent again', () => {
    const br = { 'accept-encoding': 'br' };
    const { etag } = ask('GET', `/portal/${SCRIPT_NAME}`, { headers: br }).headers;
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const tags of [etag!, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = ask('GET', `/portal/${SCRIPT_NAME}`, { headers: { ...br, 'if-none-match': tags } });
      expect({
        status: again.status,
        length: again.body.length,
        etag: again.headers.etag,
        cache: again.headers['cache-control'],
      }).toEqual({ status: 304, length: 0, etag, cache: 'public, max-age=31536000, immutable' });
    }
    // Another coding is another representation.
    expect(
      ask('GET', `/portal/${SCRIPT_NAME}`, { headers: { 'accept-encoding': 'gzip', 'if-none-match': etag! } }).status,
    ).toBe(200);
    expect(ask('GET', `/portal/${SCRIPT_NAME}`, { headers: { ...br, 'if-none-match': '"other"' } }).status).toBe(200);
  });

  test('are answered to HEAD as to GET, without a body', () => {
    for (const path of ['/portal', '/portal/', `/portal/${SCRIPT_NAME}`, '/portal/none.js']) {
      const [get, head] = [ask('GET', path), ask('HEAD', path)];
      expect({ path, status: head.status, headers: head.headers, length: head.body.length }).toEqual({
        path,
        status: get.status,
        headers: get.headers,
        length: 0,
      });
    }
  });

  test('of a type that nobody thought of stop the function before it serves them as something else', () => {
    expect(() => siteOf(builtSite({ 'assets/a-12345678.exe': Buffer.from('x') }))).toThrow(
      'a-12345678.exe is of a type that is not known',
    );
  });
});

describe('what is not there', () => {
  test.each([
    '/portal/assets/gone-12345678.js',
    '/portal/index.html',
    '/portal/assets',
    '/portal/assets/',
    `/portal//${SCRIPT_NAME}`,
    `/portal/../portal/${SCRIPT_NAME}`,
    '/portal/../index.js',
    '/portal/..%2findex.js',
    '/portal/%2e%2e/index.js',
    `/portal/${SCRIPT_NAME}.br`,
    `/portal/${SCRIPT_NAME.toUpperCase()}`,
    `/portal/${SCRIPT_NAME}\0`,
    '/portal/assets%2Fmain-B1gVTo1m.js',
    '/portal/constructor',
    '/portal/__proto__',
    '/portal/\\..\\index.js',
    '/portalx',
    '/portal/../api/v1/openapi.json',
    '/PORTAL',
  ])('%s', (path) => {
    const { status, headers, text } = ask('GET', path);
    expect({ status, type: headers['content-type'], cache: headers['cache-control'] }).toEqual({
      status: 404,
      type: 'text/plain; charset=utf-8',
      cache: 'no-store',
    });
    expect(text).toBe('There is nothing at this address.\n');
  });

  test('is a small page for people, which says nothing back', () => {
    const { status, headers, text } = ask('GET', '/portal/<script>alert(1)</script>', {
      headers: { accept: 'text/html,*/*;q=0.8' },
    });
    expect({ status, type: headers['content-type'] }).toEqual({ status: 404, type: 'text/html; charset=utf-8' });
    expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(text).not.toContain('alert');
    expect(text).not.toContain('id="root"');
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('%s is no method of it', (method) => {
    expect(ask(method, '/portal')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('whatever is asked for: one of the answers there are, no longer than the file, and no other file’s', () => {
    const files = [...builtSite().keys()];
    const part = fc.oneof(
      fc.constantFrom('portal', 'assets', '..', '.', '', '%2e%2e', '%00', ...files.flatMap((name) => name.split('/'))),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'HEAD', 'POST'),
        fc.array(part, { maxLength: 5 }),
        fc.dictionary(fc.constantFrom('accept', 'accept-encoding', 'if-none-match'), fc.string()),
        (method, parts, headers) => {
          const path = `/${parts.join('/')}`;
          const { status, body } = ask(method, path, { headers });
          expect([200, 304, 308, 404, 405]).toContain(status);
          if (status === 200 && path !== '/portal') expect(files.map((name) => `/portal/${name}`)).toContain(path);
          expect(body.length).toBeLessThan(10_000);
        },
      ),
      { numRuns: 500, seed: 20260319 },
    );
  });
});

describe('the choice of a coding', () => {
  const ALL = new Set(CODINGS);
  test.each<[string, Coding]>([
    ['', 'identity'],
    ['identity', 'identity'],
    ['br', 'br'],
    ['BR;q=0.5, gzip;q=0.8', 'gzip'],
    ['gzip;q=1.0, br;q=1.000', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['*;q=0.1, br;q=0', 'gzip'],
    ['br;q=0.001', 'br'],
    ['identity, br;q=0.9', 'identity'],
    ['gzip;q=0', 'identity'],
    ['br;q=high, gzip;q=0.1', 'gzip'],
    ['br;q=1.5', 'identity'],
    ['x-gzip', 'gzip'],
    ['identity;q=0, deflate', 'identity'],
    ['*;q=0', 'identity'],
  ])('of "%s" is %s', (header, coding) => {
    expect(chosenCoding(header, ALL)).toBe(coding);
  });

  test('is among what there is', () => {
    expect(chosenCoding('br, gzip;q=0.5', new Set<Coding>(['gzip', 'identity']))).toBe('gzip');
    expect(chosenCoding('br, gzip', new Set<Coding>(['identity']))).toBe('identity');
  });
});

describe('a function that cannot serve says so when it starts', () => {
  test('without the page', () => {
    expect(() => siteOf(new Map())).toThrow('there is no index.html beside the function; the package is incomplete');
  });

  test.each([
    ['{', 'DASHBOARD is not JSON'],
    [JSON.stringify({ ...DASHBOARD_SETTINGS, version: 2 }), 'DASHBOARD: version'],
    [
      JSON.stringify({ ...DASHBOARD_SETTINGS, frameAncestors: ["https://a.com; script-src 'unsafe-inline'"] }),
      'DASHBOARD: frameAncestors.0',
    ],
    [JSON.stringify({ ...DASHBOARD_SETTINGS, primaryColor: 'red' }), 'DASHBOARD: primaryColor'],
  ])('with settings of another version or by another hand: %s', (json, message) => {
    expect(() => parseDashboardSettings(json)).toThrow(message);
  });
});
