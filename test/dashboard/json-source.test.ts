import fc from 'fast-check';
import { prettyJson, topLevelSource } from '../../dashboard/api/json-source';

const spaced = (value: unknown, indent: number) => JSON.stringify(value, null, indent);

test('the source of a field is what stands there, digit by digit', () => {
  const text = '{"id":"dlv_1","payload":{"amount":12345678901234567890.10,"payload":"}"},"attempts":[{"payload":1}]}';
  expect(topLevelSource(text, 'payload')).toBe('{"amount":12345678901234567890.10,"payload":"}"}');
  expect(topLevelSource(text, 'amount')).toBeUndefined();
});

test('of any object, in any spacing, each field is found and no other', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 1, 4), (object, indent) => {
      const text = spaced(object, indent);
      for (const [name, value] of Object.entries(JSON.parse(text) as object))
        expect(JSON.parse(topLevelSource(text, name)!)).toEqual(value);
      expect(topLevelSource(text, `${Object.keys(object).join('')}!`)).toBeUndefined();
    }),
  );
});

test('formatting changes white space alone, and is what JSON.stringify makes of it', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())),
      fc.constantFrom(0, 1, 3),
      (value, indent) => {
        const text = spaced(value, indent);
        expect(prettyJson(text)).toBe(spaced(JSON.parse(text), 2));
      },
    ),
  );
});

test('numbers and escapes stay as they are written', () => {
  expect(prettyJson('{"a":1.10,"b":1e400,"c":"\\u0041\\/"}')).toBe(
    '{\n  "a": 1.10,\n  "b": 1e400,\n  "c": "\\u0041\\/"\n}',
  );
});

test.each(['', 'text', '"string"', '12', '{', '{"a":}', '[1,]', '<xml/>'])('%s is not formatted', (text) =>
  expect(prettyJson(text)).toBeUndefined(),
);

test('a mebibyte takes no time to speak of', () => {
  const text = JSON.stringify({
    blob: 'x'.repeat(1 << 19),
    list: Array.from({ length: 20_000 }, (_value, index) => ({ index })),
  });
  const begun = performance.now();
  prettyJson(text);
  topLevelSource(text, 'list');
  expect(performance.now() - begun).toBeLessThan(1000);
});
