/** What the server says in its own words, in Ukrainian: held to the sentences that the server makes. */
import {
  describeConnectFailure,
  describeExchangeFailure,
  describeTimeout,
} from '../../lambda/adapters/http/transport-failure';
import {
  checkEndpointUrl,
  ADDRESS_REFUSED,
  DEVELOPMENT_POLICY,
  PRODUCTION_POLICY,
} from '../../lambda/core/endpoint/endpoint-policy';
import type { AttemptPhase } from '../../lambda/core/endpoint/endpoint';
import words from '../../dashboard/locales/server-words.uk.json';
import { inPageLanguage } from '../../dashboard/i18n/server-words';

const inUkrainian = (said: string) => inPageLanguage(said, 'uk', words);
const code = (name: string) => Object.assign(new Error(name), { code: name });

const refusals = [
  `https://a.com/${'x'.repeat(3000)}`,
  `https://a.com/${'ї'.repeat(900)}`,
  'https://a.com/ b',
  'nonsense',
  'https://user:pass@a.com/',
  'https://a.com/#x',
  'http://a.com/',
  'ftp://a.com/',
  'https://a.com:8443/',
  'https://127.0.0.1/',
  'https://localhost/',
  'https://single/',
  'https://a.local/',
  'https://a..com/',
].map((url) => checkEndpointUrl(url, PRODUCTION_POLICY));
const tls = [
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_OTHER',
  'ECONNRESET',
];
const PHASES: readonly AttemptPhase[] = ['resolve', 'connect', 'tls', 'headers', 'body'];

const SENTENCES = [
  ...refusals.map((verdict) => (verdict.ok ? 'accepted' : verdict.message)),
  (checkEndpointUrl('ftp://a.com', DEVELOPMENT_POLICY) as { message: string }).message,
  ADDRESS_REFUSED.message,
  ...PHASES.map((phase) => describeTimeout(phase, 10_000).message),
  ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH'].map(
    (name) => describeConnectFailure(code(name), 'connect').message,
  ),
  ...tls.map((name) => describeConnectFailure(code(name), 'tls').message),
  ...['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'ECONNRESET'].flatMap((name) =>
    [true, false].map((arrived) => describeExchangeFailure(code(name), arrived).message),
  ),
  "The host's name does not exist.",
  "The host's name has no address.",
  "No name server answered for the host's name in time.",
  "The host's name could not be resolved (ESERVFAIL).",
  'The endpoint answered 404.',
  'The endpoint answered 302; redirects are not followed.',
  'the endpoint answered 503',
  'the endpoint answered 410 Gone',
  'the last attempt failed: the endpoint answered 503',
  '5 deliveries in a row failed; the last: the endpoint answered 404',
  '5 deliveries in a row failed; the last: the last attempt failed: The connection was refused.',
  'disabled by its owner',
  'the subscription was deleted',
  'the subscription was disabled',
  'the payload of its event is no longer kept',
  "the webhook's rate limit left no room for it within 24 hours",
  'the plan "free" has no webhooks',
  'the subscription is disabled: enable it, and recover again',
  'The plan "free" has no webhooks. Plans that do: Starter, Growth.',
  'The webhook is disabled. Enable it first, then recover what it missed.',
  'Its webhook is disabled. Enable it first, then retry.',
  'Its webhook was deleted, so there is nowhere to send it. A new webhook gets the events that come from then on.',
  'The payload of its event is no longer kept, so it cannot be sent again.',
  'There is no such webhook.',
  'There is no such delivery.',
  'is required',
];

test.each([...new Set(SENTENCES)])('%s', (sentence) => {
  const { text, lang } = inUkrainian(sentence);
  expect(lang).toBeUndefined();
  expect(text).toMatch(/[а-яіїєґ]/i);
  expect(text).not.toMatch(/\$\d|\b(the|The)\b/);
});

test('no translation is of a sentence that nothing says', () => {
  const unsaid = words.filter(
    ({ pattern }) =>
      ![...SENTENCES, ...PHASES_IN_WORDS].some((sentence) => new RegExp(`^(?:${pattern})$`, 'su').test(sentence)),
  );
  expect(unsaid.map(({ pattern }) => pattern)).toEqual([]);
});

/** Parts of sentences are translated by themselves. */
const PHASES_IN_WORDS = PHASES.map((phase) => /while (.+)\.$/.exec(describeTimeout(phase, 1).message)![1]!);

test('a sentence within another goes on from it', () => {
  expect(inUkrainian('5 deliveries in a row failed; the last: the endpoint answered 404').text).toBe(
    'Невдалих доставок поспіль: 5; остання: сервер відповів 404',
  );
  expect(inUkrainian('the last attempt failed: The connection was refused.').text).toBe(
    'Остання спроба не вдалася: у з’єднанні відмовлено.',
  );
});

test('what is not known is shown as the server said it, and said to be English', () => {
  expect(inUkrainian('Something new happened.')).toEqual({ text: 'Something new happened.', lang: 'en' });
});

test('on an English page nothing is touched', () =>
  expect(inPageLanguage('The connection was refused.', 'en', words)).toEqual({ text: 'The connection was refused.' }));
