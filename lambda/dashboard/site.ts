/** What the build has made, in memory: the page's template, and the files that it asks for, each in all its codings. */
import { createHash } from 'node:crypto';
import { SettingsError } from '../core/shared/errors';
import { CODINGS, type Coding } from './content-coding';

export interface SiteFile {
  readonly type: string;
  /** Whether its name says what is in it, so that it never changes. */
  readonly immutable: boolean;
  /** `identity` is always there. */
  readonly variants: ReadonlyMap<Coding, Variant>;
}

export interface Variant {
  readonly bytes: Uint8Array;
  /** Strong (RFC 9110, section 8.8.3): each coding has its own. */
  readonly etag: string;
}

export interface Site {
  /** index.html, with its placeholders. */
  readonly template: string;
  /** By the name after `/portal/`. */
  readonly files: ReadonlyMap<string, SiteFile>;
}

const PAGE = 'index.html';
const SUFFIXES: Readonly<Record<Coding, string>> = { br: '.br', gzip: '.gz', identity: '' };
/** Of what a build makes, and what a logo may be. */
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  webp: 'image/webp',
  woff2: 'font/woff2',
};
/** The bundler's: a name of which a hash of the content is part. */
const HASHED = /^assets\/[^/]+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/**
 * @param folder its files by their names, those in folders with slashes; NAME.br and NAME.gz are codings of NAME
 * @throws SettingsError when there is no page, or a file of a type that is not known
 */
export function siteOf(folder: ReadonlyMap<string, Uint8Array>): Site {
  const page = folder.get(PAGE);
  if (page === undefined)
    throw new SettingsError(
      `there is no ${PAGE} beside the function; the package is incomplete, install it again (in a checkout: ` +
        'npm run build)',
    );
  const names = [...folder.keys()].filter((name) => name !== PAGE && !/\.(br|gz)$/.test(name));
  return {
    template: Buffer.from(page).toString('utf8'),
    files: new Map(names.map((name) => [name, fileOf(name, folder)])),
  };
}

function fileOf(name: string, folder: ReadonlyMap<string, Uint8Array>): SiteFile {
  const type = TYPES[/\.([a-z0-9]+)$/.exec(name)?.[1] ?? ''];
  if (type === undefined)
    throw new SettingsError(
      `the dashboard's file ${name} is of a type that is not known; add it to lambda/dashboard/site.ts`,
    );
  const variants = CODINGS.flatMap((coding) => {
    const bytes = folder.get(name + SUFFIXES[coding]);
    return bytes === undefined ? [] : [[coding, { bytes, etag: etagOf(bytes) }] as const];
  });
  return { type, immutable: HASHED.test(name), variants: new Map(variants) };
}

function etagOf(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
}
