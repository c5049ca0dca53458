import fc from 'fast-check';
import { isolated, piecesOf } from '../../dashboard/components/visible-text';

const shown = (text: string, exact = false) =>
  piecesOf(text, exact)
    .map(({ text: part, hidden }) => (hidden === undefined ? part : `[${hidden}]`))
    .join('');

test.each([
  ['invoice\u202efdp.exe', 'invoice[U+202E]fdp.exe'],
  ['a\u2066b\u2069c\u200e', 'a[U+2066]b[U+2069]c[U+200E]'],
  ['a\u0000b\u001b[31m\u007f', 'a[U+0000]b[U+001B][31m[U+007F]'],
  ['zero\u200bwidth\ufeff', 'zero[U+200B]width[U+FEFF]'],
  ['tag\u{e0041}', 'tag[U+E0041]'],
  ['anno\ufff9tated', 'anno[U+FFF9]tated'],
  ['lone \ud800', 'lone [U+D800]'],
])('%j is shown as %s', (text, expected) => {
  expect(shown(text)).toBe(expected);
  expect(shown(text, true)).toBe(expected);
});

test('lines, indents and emoji are what they are', () =>
  expect(shown('a\n\tb ❤️ 👩‍👧 می‌خواهم')).toBe('a\n\tb ❤️ 👩‍👧 می‌خواهم'));

test('a raw view names joiners, too', () => expect(shown('a\u200db', true)).toBe('a[U+200D]b'));

test('nothing hidden is left in any text, and nothing else is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const pieces = piecesOf(text, true);
      expect(pieces.map(({ text: part }) => part).join('')).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\ufeff\0]/);
      expect(
        pieces
          .map(({ text: part, hidden }) =>
            hidden === undefined ? part : String.fromCodePoint(Number.parseInt(hidden.slice(2), 16)),
          )
          .join(''),
      ).toBe(text);
    }),
  );
});

test('in a title it cannot reach what stands beside it', () =>
  expect(isolated('a\u202eb')).toBe('\u2068aU+202Eb\u2069'));
