/**
 * What a browser gets for what it asks for: the page, a file of it, or a refusal; with the headers that bound what the
 * page may do.
 */
import { type Coding, chosenCoding } from './content-coding';
import type { Page } from './page';
import type { DashboardSettings } from './settings';
import type { Site, SiteFile } from './site';

export interface PageRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface PageAnswer {
  readonly status: 200 | 304 | 308 | 404 | 405;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or bytes as they are; absent: none. */
  readonly body?: string | Uint8Array;
}

export interface Dashboard {
  readonly site: Site;
  readonly page: Page;
  readonly settings: Pick<DashboardSettings, 'frameAncestors'>;
}

const PATH = '/portal';
const FILES = `${PATH}/`;
const METHODS = ['GET', 'HEAD'];
/** Files under hashed names. A year is the most that caches are asked to keep (RFC 9111, section 5.2.2.1). */
const FOREVER = 'public, max-age=31536000, immutable';
/** Of a logo, which keeps its name when it changes: asked about again after a while, by its ETag. */
const A_WHILE = 'public, max-age=300';
/** Nothing may be done by a file that somebody opens by itself: an SVG is a document, and could hold a script. */
const FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/** Of devices and of what reads them the page uses nothing. */
const PERMISSIONS = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']
  .map((feature) => `${feature}=()`)
  .join(', ');
const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000',
} as const;

/** @param nonce new for every request, of characters that base64 has */
export function answerRequest({ method, path, headers }: PageRequest, dashboard: Dashboard, nonce: string): PageAnswer {
  if (!METHODS.includes(method))
    return refusal(405, headers, 'Only GET and HEAD work here.', { allow: METHODS.join(', ') });
  const answer = answerPath(path, headers, dashboard, nonce);
  return method === 'HEAD' ? { status: answer.status, headers: answer.headers } : answer;
}

function answerPath(
  path: string,
  headers: PageRequest['headers'],
  { site, page, settings }: Dashboard,
  nonce: string,
): PageAnswer {
  if (path === PATH) return pageAnswer(page, settings, nonce);
  if (path === FILES) return moved();
  return fileAnswer(site.files.get(nameOf(path)), headers);
}

function pageAnswer(page: Page, { frameAncestors }: Dashboard['settings'], nonce: string): PageAnswer {
  return {
    status: 200,
    headers: {
      ...ALWAYS,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': pagePolicy(frameAncestors, nonce),
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': PERMISSIONS,
      ...(frameAncestors.length === 0 && { 'x-frame-options': 'DENY' }),
    },
    body: page.render(nonce),
  };
}

/**
 * Scripts, styles and images of the page's own, and calls to its own origin; of styles those too that it makes itself,
 * which carry the nonce.
 */
function pagePolicy(frameAncestors: readonly string[], nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ')}`,
  ].join('; ');
}

/**
 * A file's name. Whatever is in front may hand on `/portal/` as `/portal`: the page then asks for its files under
 * `/portal/portal/`, gets them, and goes to the address without the slash.
 */
function nameOf(path: string): string {
  return path.startsWith(FILES) ? path.slice(FILES.length).replace(/^portal\//, '') : '';
}

/** Relative, as the page's own addresses are. */
function moved(): PageAnswer {
  return { status: 308, headers: { ...ALWAYS, location: `..${PATH}`, 'cache-control': 'no-store' } };
}

function fileAnswer(file: SiteFile | undefined, headers: PageRequest['headers']): PageAnswer {
  if (file === undefined) return refusal(404, headers, 'There is nothing at this address.');
  const coding: Coding = chosenCoding(headers['accept-encoding'], new Set(file.variants.keys()));
  const { bytes, etag } = file.variants.get(coding)!;
  const cached = { etag, 'cache-control': file.immutable ? FOREVER : A_WHILE, vary: 'accept-encoding' };
  if (matches(headers['if-none-match'], etag)) return { status: 304, headers: { ...ALWAYS, ...cached } };
  return {
    status: 200,
    headers: {
      ...ALWAYS,
      ...cached,
      'content-type': file.type,
      'content-security-policy': FILE_POLICY,
      ...(coding !== 'identity' && { 'content-encoding': coding }),
    },
    body: bytes,
  };
}

/**
 * `If-None-Match` compares weakly: whatever is before a tag that proxies have weakened does not count (RFC 9110,
 * section 13.1.2).
 */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}

function refusal(
  status: 404 | 405,
  { accept = '' }: PageRequest['headers'],
  message: string,
  more: Record<string, string> = {},
): PageAnswer {
  const html = accept.includes('text/html');
  return {
    status,
    headers: {
      ...ALWAYS,
      ...more,
      'content-type': `${html ? 'text/html' : 'text/plain'}; charset=utf-8`,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    },
    body: html
      ? '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" ' +
        `content="width=device-width"><title>${status}</title><h1>${status}</h1><p>${message}</p></html>\n`
      : `${message}\n`,
  };
}
