import { formatDuration, parseDuration } from '../../local/duration';

describe('a duration', () => {
  test.each([
    ['90s', 90],
    ['30m', 1800],
    ['2h', 7200],
    ['1d', 86_400],
    ['1h30m', 5400],
    ['1d2h3m4s', 93_784],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(['', '0s', '30', '-5m', '5x', '1.5h', 'm30', '30m1h', '401d'])(
    '"%s" is refused with what to write instead',
    (text) => {
      expect(() => parseDuration(text)).toThrow(/is not a duration: write it like|is too long: at most 400d/);
    },
  );

  test.each([
    [0, '0s'],
    [0.9, '0s'],
    [90, '1m30s'],
    [93_784, '1d2h3m4s'],
  ])('%d seconds are shown as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
