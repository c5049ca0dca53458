import { faultsOfLines } from '../../build/lines/faults';

const LONG = 'word '.repeat(25);
const found = (path: string, text: string): string[] =>
  faultsOfLines(path, text).map(({ line, what }) => `${line}: ${what}`);

test.each(['a.ts', 'docs/a.md', 'a.py', 'a.go', 'a.php', 'a.yaml', 'a.css', 'a.txt', '.ci/run'])(
  'a line over 120 columns is reported in %s',
  (path) => {
    expect(found(path, `short\n${LONG}\n${'x'.repeat(120)}`)).toEqual(['2: 125 columns']);
  },
);

test('a tab is four columns, and an emoji one', () => {
  expect(found('a.go', `\t${'x'.repeat(117)}`)).toEqual(['1: 121 columns']);
  expect(found('a.ts', '😀'.repeat(120))).toEqual([]);
});

test.each([
  ['a table', 'a.md', `| a | ${LONG} |`],
  ['a link reference', 'a.md', `[a]: https://example.com/${'x'.repeat(120)}`],
  ['a picture', 'a.md', `![${LONG}](docs/a.png)`],
  ['a line whose excess is one URL', 'a.ts', `// See https://example.com/${'x'.repeat(120)}.`],
  ['the lock file', 'package-lock.json', LONG],
  ['a string table', 'dashboard/locales/en.json', LONG],
  ['test vectors', 'test/vectors/a.json', LONG],
  ['a drawing', 'docs/overview.svg', LONG],
  ["a package's description", 'verify/php/composer.json', `  "description": "${LONG}",`],
])('%s is not', (_, path, text) => {
  expect(found(path, text)).toEqual([]);
});

test.each([
  ['text around a URL', 'a.md', `${LONG}https://example.com/`],
  ['a table outside of Markdown', 'a.ts', `| ${LONG} |`],
  ['a list in a manifest', 'package.json', `  ["${LONG}", "${LONG}"],`],
])('%s is', (_, path, text) => {
  expect(found(path, text)).toHaveLength(1);
});

test('two tags of a doc comment on one line are reported', () => {
  expect(found('a.ts', '/** Adds. @param a one @returns the sum */')).toEqual(['1: @param and @returns on one line']);
  expect(found('a.php', '/**\n * @param int $a @throws Error\n */')).toEqual(['2: @param and @throws on one line']);
});

test('one tag a line is not, nor a tag in code or in a package name', () => {
  expect(found('a.ts', '/**\n * @param a one\n * @returns the sum\n */')).toEqual([]);
  expect(found('a.ts', '/** @see `@default` and {@see b} */')).toEqual([]);
  expect(found('a.ts', "const tags = '@param @returns';")).toEqual([]);
});
