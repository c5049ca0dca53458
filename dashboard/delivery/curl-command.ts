/**
 * A delivery as a command for a POSIX shell. All of its values are somebody else's, and it is pasted into a terminal:
 * each is quoted, none can end its quotes, and nothing is in it that a terminal would act on before a shell reads it.
 */

export interface CurlRequest {
  readonly url: string;
  /** Without a value: made anew for every attempt, or hidden. */
  readonly headers: readonly { readonly name: string; readonly value?: string }[];
  readonly body: string;
}

/**
 * `control`: a control character, NUL among them, which no argument can hold or which a terminal takes for a key.
 * `large`: an argument that Linux does not take.
 */
export type CurlCommand =
  { readonly ok: true; readonly command: string } | { readonly ok: false; readonly why: 'control' | 'large' };

/** Of an argument, its closing NUL included: MAX_ARG_STRLEN, execve(2). */
export const ARGUMENT_MAX_BYTES = 131_072;

/** Stands for a value that is not known. */
export const PLACEHOLDER = 'REPLACE-ME';

/**
 * Tabs and line feeds are plain text within quotes; the rest are keys (interrupt, end of input, end of a bracketed
 * paste) or no text at all.
 */
// eslint-disable-next-line no-control-regex -- they are the subject
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** RFC 9110, section 5.6.2. Nothing else was sent; and what begins with @ would be the name of a file to curl. */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

export function curlCommand({ url, headers, body }: CurlRequest): CurlCommand {
  // Of a header without a value curl asks for a semicolon: with the colon it would leave the header out.
  const lines = headers
    .filter(({ name }) => HEADER_NAME.test(name))
    .map(({ name, value = PLACEHOLDER }) => (value === '' ? `${name};` : `${name}: ${value}`));
  if (
    [url, body, ...lines].some((value) => CONTROL.test(value)) ||
    [url, ...lines].some((value) => value.includes('\n'))
  )
    return { ok: false, why: 'control' };
  if ([url, body, ...lines].some((value) => new TextEncoder().encode(value).length >= ARGUMENT_MAX_BYTES))
    return { ok: false, why: 'large' };
  const options = [
    '--request POST',
    '--globoff', // brackets and braces in a URL are themselves
    `--proto ${shellQuoted('=http,https')}`,
    `--url ${shellQuoted(url)}`,
    ...lines.map((line) => `-H ${shellQuoted(line)}`),
    // Not --data-binary: a body that begins with @ would be the name of a file to send.
    `--data-raw ${shellQuoted(body)}`,
  ];
  return { ok: true, command: `curl ${options.join(' \\\n  ')}` };
}

/** POSIX, Shell Command Language, 2.2.2: nothing between single quotes is special but a single quote. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
