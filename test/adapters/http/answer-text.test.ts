import * as fc from 'fast-check';
import { answerText } from '../../../lambda/adapters/http/answer-text';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('the text of an answer', () => {
  test('is the body, when it fits', () => {
    expect(answerText(Buffer.from('{"ok":true}\r\n\u0000'), 128)).toBe('{"ok":true}\r\n\u0000');
    expect(answerText(bytes(), 128)).toBe('');
    expect(answerText(Buffer.from('\ufeffwith a mark'), 128)).toBe('\ufeffwith a mark');
  });

  test('is cut between two characters', () => {
    expect(answerText(Buffer.from('ab\u00e9'), 3)).toBe('ab');
    expect(answerText(Buffer.from('a\u20ac'), 3)).toBe('a');
    expect(answerText(Buffer.from('a\u{1f600}'), 4)).toBe('a');
    expect(answerText(Buffer.from('a\u{1f600}b'), 5)).toBe('a\u{1f600}');
  });

  test('has U+FFFD for what is not UTF-8', () => {
    expect(answerText(bytes(0x61, 0xff, 0x62), 128)).toBe('a\ufffdb');
    expect(answerText(bytes(0x61, 0xe2, 0x82), 128)).toBe('a\ufffd');
    expect(answerText(bytes(0x80, 0x80, 0x80, 0x80, 0x80), 4)).toBe('\ufffd');
  });

  test('never takes up more than its limit, and is never cut into U+FFFD', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.integer({ min: 1, max: 40 }),
        (body, limit) => Buffer.byteLength(answerText(body, limit)) <= limit,
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (body, limit) => {
        const text = answerText(Buffer.from(body), limit);
        return body.startsWith(text) && Buffer.byteLength(text) > Math.min(limit, Buffer.byteLength(body)) - 4;
      }),
    );
  });

  test('reads a view of a larger buffer only where it looks', () => {
    expect(answerText(Buffer.from('xxhelloxx').subarray(2, 7), 128)).toBe('hello');
  });
});
