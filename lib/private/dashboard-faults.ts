import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';

/** What is served in one piece, beside a page that should be there at once. */
const LOGO_MAX_BYTES = 100 * 1024;
const NAME_MAX_CHARACTERS = 60;
/** In a header of every answer, and in the function's environment. */
const FRAME_ANCESTORS_MAX = 20;
/** An SVG may begin with a license. */
const LOGO_START_BYTES = 16 * 1024;
/** How files of these types begin. */
const LOGO_TYPES: { [extension: string]: (start: Buffer) => boolean } = {
  '.svg': (start) => /<svg[\s>]/.test(start.toString('utf8')),
  '.png': (start) => start.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  '.webp': (start) => start.toString('latin1', 0, 4) === 'RIFF' && start.toString('latin1', 8, 12) === 'WEBP',
};

const HOST_NAME = '([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]';
const LANGUAGES = ['en', 'uk'];
/** Of the platform's page; or of one on a developer's machine, which by http is no less safe. */
const FRAME_ANCESTOR = new RegExp(
  `^(https:\\/\\/(\\*\\.)?${HOST_NAME}|https?:\\/\\/(localhost|127\\.0\\.0\\.1))(:\\d{1,5})?$`,
);
/** Of the function's environment of 4 KB: the rest is room for the service's name, and for what Lambda may add. */
const SETTINGS_MAX_BYTES = 3 * 1024;

export interface DashboardLooks {
  readonly name: string;
  readonly language?: string;
  readonly logo?: string;
  readonly primaryColor?: string;
  readonly frameAncestors?: string[];
  readonly subscriptions?: boolean;
  readonly accountSecret?: boolean;
  readonly url?: string;
  readonly memorySize?: number;
}

/** What is wrong with a dashboard's properties, in words, or nothing. */
export function dashboardFaults({
  name,
  language,
  logo,
  primaryColor,
  frameAncestors = [],
  subscriptions,
  accountSecret,
  url,
  memorySize,
}: DashboardLooks): string[] {
  const isLiteral = <T>(value: T | undefined): value is T => value !== undefined && !Token.isUnresolved(value);
  const checks = [
    {
      // eslint-disable-next-line no-control-regex -- the control characters are the subject
      condition: typeof name !== 'string' || (isLiteral(name) && !/^[^\x00-\x1f\x7f]{1,60}$/.test(name.trim())),
      message: `name must have 1 to ${NAME_MAX_CHARACTERS} characters, none of them a control character`,
    },
    {
      condition: language !== undefined && !LANGUAGES.includes(language),
      message: `language must be one of ${LANGUAGES.join(', ')}, not "${language}"`,
    },
    {
      condition: isLiteral(primaryColor) && !/^#[0-9a-fA-F]{6}$/.test(primaryColor),
      message: `primaryColor must be like #0a7cff, not "${primaryColor}"`,
    },
    {
      condition: subscriptions === false && accountSecret === false,
      message: 'subscriptions and accountSecret are both false: there would be nothing to show',
    },
    {
      condition: isLiteral(url) && !isPortalUrl(url),
      message: `url must be like https://webhooks.acme.com/portal, with that end and nothing after it, not "${url}"`,
    },
    {
      condition: isLiteral(memorySize) && !(Number.isInteger(memorySize) && memorySize >= 128 && memorySize <= 10_240),
      message: `memorySize must be a whole number of MiB from 128 to 10240, not ${memorySize}`,
    },
    {
      condition: frameAncestors.length > FRAME_ANCESTORS_MAX,
      message: `frameAncestors may have at most ${FRAME_ANCESTORS_MAX} origins, not ${frameAncestors.length}`,
    },
    ...frameAncestors.map((origin) => ({
      condition:
        Token.isUnresolved(origin) ||
        !FRAME_ANCESTOR.test(origin) ||
        Number(/:(\d+)$/.exec(origin)?.[1] ?? 443) > 65_535,
      message: Token.isUnresolved(origin)
        ? 'frameAncestors must be known at synth'
        : `frameAncestors: "${origin}" must be like https://app.acme.com, without a path`,
    })),
    {
      condition: Buffer.byteLength(JSON.stringify([name, ...frameAncestors])) > SETTINGS_MAX_BYTES,
      message: `frameAncestors are too long together: with the name they may take ${SETTINGS_MAX_BYTES} bytes`,
    },
  ];
  return [
    ...checks.filter(({ condition }) => condition).map(({ message }) => message),
    ...(logo === undefined ? [] : logoFaults(logo)),
  ];
}

/**
 * The page asks for its files and the API relative to its own address, whose last part has to be what the API's route
 * is called.
 */
function isPortalUrl(url: string): boolean {
  if (!/^https:\/\/[^\s/?#@]+(\/[^\s?#]*)?\/portal$/.test(url)) return false;
  return URL.canParse(url);
}

function logoFaults(logo: string): string[] {
  if (Token.isUnresolved(logo)) return ['logo must be known at synth'];
  const type = LOGO_TYPES[path.extname(logo).toLowerCase()];
  if (type === undefined)
    return [`logo must be a file that ends in ${Object.keys(LOGO_TYPES).join(', ')}, not "${logo}"`];
  if (!fs.existsSync(logo) || !fs.statSync(logo).isFile()) return [`logo: there is no file "${logo}"`];
  const bytes = fs.readFileSync(logo);
  if (bytes.length > LOGO_MAX_BYTES)
    return [`logo "${logo}" has ${bytes.length} bytes, at most ${LOGO_MAX_BYTES} are allowed`];
  return type(bytes.subarray(0, LOGO_START_BYTES)) ? [] : [`logo "${logo}" is not what its name says`];
}
