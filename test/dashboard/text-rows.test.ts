import fc from 'fast-check';
import { jsonTokens } from '../../dashboard/delivery/json-tokens';
import { rowsInSight, rowsOf } from '../../dashboard/delivery/text-rows';

test('rows hold all of the text, none wider than asked for, and cut no character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 2, max: 30 }), (text, columns) => {
      const rows = rowsOf(text, columns);
      expect(rows.join('')).toBe(text.replaceAll(/\r?\n/g, ''));
      for (const row of rows) {
        expect(row.length).toBeLessThanOrEqual(columns);
        expect(row.isWellFormed()).toBe(text.isWellFormed() || row.isWellFormed());
      }
    }),
  );
});

test('an emoji at the edge goes to the next row whole', () => expect(rowsOf('aaa😀b', 4)).toEqual(['aaa', '😀b']));

test('of a mebibyte only what is in sight is drawn', () => {
  const { from, to } = rowsInSight(rowsOf('x'.repeat(1 << 20), 100).length, 19, 100_000, 480);
  expect(to - from).toBeLessThan(60);
  expect(from * 19).toBeLessThanOrEqual(100_000);
  expect(to * 19).toBeGreaterThanOrEqual(100_480);
});

test('colors lose no character of a text, JSON or not', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) =>
      expect(
        jsonTokens(text)
          .map((token) => token.text)
          .join(''),
      ).toBe(text),
    ),
  );
});

test('keys and strings are told apart', () => {
  expect(jsonTokens('"a": "b", "c": -1.5e3, "d": null').filter(({ kind }) => kind !== 'plain')).toEqual([
    { kind: 'key', text: '"a"' },
    { kind: 'string', text: '"b"' },
    { kind: 'key', text: '"c"' },
    { kind: 'number', text: '-1.5e3' },
    { kind: 'key', text: '"d"' },
    { kind: 'word', text: 'null' },
  ]);
});
