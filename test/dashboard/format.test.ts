import { formatIn, inReadersRegion } from '../../dashboard/i18n/format';
import { firstLanguage } from '../../dashboard/i18n/language';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test.each([
  ['en', 143, '143 ms'],
  ['en', 2400, '2.4 sec'],
  ['uk', 2400, '2,4 с'],
  ['uk', 143, '143 мс'],
  ['en', 190_000, '3.2 min'],
])('in %s %d ms is %s', (language, ms, expected) => expect(plain(formatIn(language).duration(ms))).toBe(expected));

test.each([
  ['en', -190_000, '3 minutes ago'],
  ['uk', -190_000, '3 хвилини тому'],
  ['uk', 5 * 3_600_000, 'через 5 годин'],
  ['en', 500, 'now'],
])('in %s %d ms from now is %s', (language, ms, expected) => expect(formatIn(language).relative(ms)).toBe(expected));

test('sizes and numbers are written as the language does', () => {
  expect(plain(formatIn('uk').number(1234567.5))).toBe('1 234 567,5');
  expect(formatIn('en').bytes(161)).toBe('161 bytes');
  expect(formatIn('uk').bytes(1024 * 1024)).toBe('1 MiB');
});

test('dates are those of the reader’s region where it speaks the language', () => {
  expect(inReadersRegion('en', ['uk-UA', 'en-GB', 'en-US'])).toBe('en-GB');
  expect(inReadersRegion('uk', ['en-GB'])).toBe('uk');
});

const settings = { language: 'uk', languages: ['en', 'uk'] } as const;
const stored = (language: string | null) => () => ({ getItem: () => language });
const refused = () => {
  throw new DOMException('refused', 'SecurityError');
};

test('the language is the link’s, then the reader’s, then the platform’s', () => {
  expect(firstLanguage('en', settings, stored('uk'))).toBe('en');
  expect(firstLanguage(undefined, settings, stored('en'))).toBe('en');
  expect(firstLanguage(undefined, settings, stored(null))).toBe('uk');
  expect(firstLanguage('de', settings, stored('xx'))).toBe('uk');
  expect(firstLanguage(undefined, settings, refused)).toBe('uk');
});
