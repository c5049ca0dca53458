import { type Reason, reason, reasonCodes, reasonText } from '../../../lambda/core/shared/reason';
import { formatReason, parseReason } from '../../../lambda/core/shared/reason-format';

const CAUSE = reason('endpoint-responded', { status: 503 });

test('a sentence follows from the code and its parameters, and from what caused it', () => {
  expect(reasonText(reason('last-attempt-failed', { cause: CAUSE }))).toBe(
    'The last attempt failed. The endpoint responded with 503.',
  );
  expect(reasonText(reason('consecutive-failures', { count: 5, cause: reason('connection-refused') }))).toBe(
    '5 consecutive deliveries failed. Last failure: The connection was refused.',
  );
  expect(reasonText(reason('certificate-expired-days', { days: 1 }))).toBe(
    "The server's certificate expired 1 day ago.",
  );
});

test.each<[string, Reason, string]>([
  ['without parameters', reason('endpoint-gone'), 'endpoint-gone'],
  ['with one', CAUSE, 'endpoint-responded {"status":503}'],
  [
    'with a cause',
    reason('last-attempt-failed', { cause: CAUSE }),
    'last-attempt-failed {"cause":{"code":"endpoint-responded","params":{"status":503}}}',
  ],
])('a reason %s is stored with its parameters and read as it was', (_what, why, stored) => {
  expect(formatReason(why)).toBe(stored);
  expect(parseReason(stored)).toEqual(why);
});

test.each(['a-code-of-a-later-version {"x":1}', 'some words of nobody', 'endpoint-responded {"status":', ''])(
  'nothing that is stored stops a reader: %j',
  (stored) => {
    expect(typeof reasonText(parseReason(stored))).toBe('string');
  },
);

test('codes are lower case and hyphenated, since they are part of the API', () => {
  for (const code of reasonCodes()) expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(reasonCodes()).toContain('consecutive-failures');
});

test('a sentence of its own begins with a capital and ends with a period; one of a field does neither', () => {
  const anything = new Proxy({}, { get: (_target, name) => (name === 'cause' ? CAUSE : 'x') }) as Reason['params'];
  const sentences = reasonCodes().map((code) => reasonText({ code, params: anything }));
  const whole = sentences.filter((sentence) => /^["\p{Lu}\dx]/u.test(sentence) && sentence.endsWith('.'));
  const ofFields = sentences.filter((sentence) => /^["\p{Ll}]/u.test(sentence) && !sentence.endsWith('.'));
  expect(whole.length + ofFields.length).toBe(sentences.length);
  expect(whole.length).toBeGreaterThan(80);
});
