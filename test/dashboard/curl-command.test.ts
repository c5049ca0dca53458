import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ARGUMENT_MAX_BYTES, curlCommand, type CurlRequest, PLACEHOLDER } from '../../dashboard/delivery/curl-command';

const REQUEST: CurlRequest = {
  url: 'https://hooks.your-company.com/events',
  headers: [{ name: 'content-type', value: 'application/json' }, { name: 'X-R2-Signature' }],
  body: '{"a":1}',
};
const HOSTILE = [
  "'",
  "''",
  "'\\''",
  "'; touch pwned; '",
  '$(touch pwned)',
  '`touch pwned`',
  '"; touch pwned #',
  '\\',
  '\\\n',
  '\n',
  '\ntouch pwned\n',
  '!!',
  '-o pwned',
  '--output',
  '@pwned',
  '{a,b}',
  '[1-3]',
  '%',
  '&& touch pwned',
  '| touch pwned',
  '> pwned',
  '~',
  '*',
  'рахунок',
  '😀',
  '\u202e',
  '',
];

/** What a POSIX shell would give curl, and the files that it left. */
function run(command: string): { args: string[]; left: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'curl-command-'));
  try {
    const output = execFileSync(
      '/bin/sh',
      ['-c', `curl() { for argument in "$@"; do printf '%s\\0' "$argument"; done; }\n${command}`],
      { cwd: folder, encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } },
    );
    return { args: output.split('\0').slice(0, -1), left: readdirSync(folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function commandOf(request: CurlRequest): string {
  const made = curlCommand(request);
  if (!made.ok) throw new Error(`refused: ${made.why}`);
  return made.command;
}

const argsOf = ({ url, body }: CurlRequest, headers: readonly string[]) => [
  '--request',
  'POST',
  '--globoff',
  '--proto',
  '=http,https',
  '--url',
  url,
  ...headers.flatMap((line) => ['-H', line]),
  '--data-raw',
  body,
];

test('a delivery comes out as the request that it was, with placeholders for what is not shown', () => {
  expect(run(commandOf(REQUEST)).args).toEqual(
    argsOf(REQUEST, ['content-type: application/json', `X-R2-Signature: ${PLACEHOLDER}`]),
  );
});

test.each(HOSTILE)('%j arrives as it is and runs nothing, as URL, header and body', (text) => {
  const request = {
    url: text.replaceAll('\n', ''),
    headers: [{ name: 'x-own', value: text.replaceAll('\n', '') }],
    body: text,
  };
  const { args, left } = run(commandOf(request));
  expect(args).toEqual(
    argsOf(request, [request.headers[0]!.value === '' ? 'x-own;' : `x-own: ${request.headers[0]!.value}`]),
  );
  expect(left).toEqual([]);
});

test('so does any text', () => {
  const part = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...'\'"\\$`(){};&|<>*?[]#~=%! \t\n-@'), maxLength: 12 }),
  );
  const text = fc.array(part, { maxLength: 6 }).map((parts) =>
    parts
      .join('')
      .toWellFormed()
      .replaceAll(/[\p{Cc}--[\n\t]]/gv, ''),
  );
  const line = text.map((each) => each.replaceAll('\n', ' '));
  fc.assert(
    fc.property(
      line,
      fc.array(
        fc.tuple(
          fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/),
          line.filter((each) => each !== ''),
        ),
      ),
      text,
      (url, headers, body) => {
        const request = { url, headers: headers.map(([name, value]) => ({ name, value })), body };
        const { args, left } = run(commandOf(request));
        expect(args).toEqual(
          argsOf(
            request,
            headers.map(([name, value]) => `${name}: ${value}`),
          ),
        );
        expect(left).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});

// A terminal acts on these before a shell reads a line: NUL, interrupt, end of input, carriage return, escape (the end
// of a bracketed paste), delete, and the 8-bit introducer of control sequences.
test.each(['\u0000', '\u0003', '\u0004', '\r', '\u001b[201~\ntouch pwned\n', '\u007f', '\u009b'])(
  '%j is refused wherever it is',
  (character) => {
    expect(curlCommand({ ...REQUEST, body: `a${character}b` })).toEqual({ ok: false, why: 'control' });
    expect(curlCommand({ ...REQUEST, url: `https://a.com/${character}` })).toEqual({ ok: false, why: 'control' });
    expect(curlCommand({ ...REQUEST, headers: [{ name: 'x-own', value: character }] })).toEqual({
      ok: false,
      why: 'control',
    });
  },
);

test('a line feed in a URL or a header is refused', () => {
  expect(curlCommand({ ...REQUEST, url: 'https://a.com/\n' })).toMatchObject({ ok: false });
  expect(curlCommand({ ...REQUEST, headers: [{ name: 'x-own', value: 'a\nx-other: b' }] })).toMatchObject({
    ok: false,
  });
});

test('a body as long as Linux takes in an argument is there; one byte more is reported as too large', () => {
  const most = `${'ї'.repeat(ARGUMENT_MAX_BYTES / 2 - 1)}a`; // and the NUL at its end
  const { ok } = curlCommand({ ...REQUEST, body: most });
  expect(ok).toBe(true);
  if (process.platform === 'linux') {
    expect(execFileSync('/bin/echo', ['-n', most], { maxBuffer: 2 * ARGUMENT_MAX_BYTES })).toHaveLength(
      ARGUMENT_MAX_BYTES - 1,
    );
    expect(() => execFileSync('/bin/echo', [`${most}a`])).toThrow('E2BIG');
  }
  expect(curlCommand({ ...REQUEST, body: `${most}a` })).toEqual({ ok: false, why: 'large' });
});

test('what is no name of a header is left out: curl would take @file for a file to read', () => {
  expect(
    run(
      commandOf({
        ...REQUEST,
        headers: [
          { name: '@/etc/passwd', value: 'x' },
          { name: 'a b', value: 'x' },
        ],
      }),
    ).args,
  ).toEqual(argsOf(REQUEST, []));
});
