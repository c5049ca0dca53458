/** The server's reasons in Ukrainian: every code has a text, and each text says all that the English one says. */
import { createInstance } from 'i18next';
import { reasonCodes, reason, type Reason, type ReasonCode, reasonText } from '../../lambda/core/shared/reason';
import type { ServerReason } from '../../dashboard/api/reason';
import { OPTIONS } from '../../dashboard/i18n/i18n';
import { addReasons, inPageLanguage } from '../../dashboard/i18n/reasons';
import texts from '../../dashboard/locales/reasons.uk.json';

const PLURAL = /_(zero|one|two|few|many|other)$/;
const PLURAL_FORMS = new Intl.PluralRules('uk').resolvedOptions().pluralCategories;

async function pageIn(language: string) {
  const page = createInstance();
  await page.init({ ...OPTIONS, lng: language });
  if (language === 'uk') addReasons(page, 'uk', texts);
  return (said: ServerReason) => inPageLanguage(said, page);
}

let ukrainian: (said: ServerReason) => ReturnType<typeof inPageLanguage>;
beforeAll(async () => {
  ukrainian = await pageIn('uk');
});

/** As the API gives it: with its sentence. */
const given = (of: Reason): ServerReason => ({ ...of, text: reasonText(of) });
const inUkrainian = (of: Reason) => ukrainian(given(of));

/** By name of a parameter: what stands out in a sentence that shows it. */
const markOf = (name: string) => `⟦${name}⟧`;
/** A reason whose sentence is its own code, in English. */
const CAUSE = reason('name-invalid');

/** @returns the parameters that the English sentence of a code shows, each with a value to find it by */
function markedParams(code: ReasonCode): Record<string, string | Reason> {
  const asked = new Set<string>();
  const sentence = reasonText({
    code,
    params: new Proxy(
      {},
      {
        get: (_target, name) => {
          asked.add(String(name));
          return name === 'cause' ? CAUSE : markOf(String(name));
        },
      },
    ),
  });
  const shown = [...asked].filter((name) => sentence.includes(name === 'cause' ? reasonText(CAUSE) : markOf(name)));
  return Object.fromEntries(shown.map((name) => [name, name === 'cause' ? CAUSE : markOf(name)]));
}

const formsOf = (code: string) =>
  Object.entries(texts)
    .filter(([key]) => key.replace(PLURAL, '') === code)
    .map(([key, text]) => ({ form: PLURAL.exec(key)?.[1], text }));
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)(?:, \w+)?\}\}/g)].map(([, name]) => name!).sort();

test.each(reasonCodes())('%s: the Ukrainian text shows the parameters that the English sentence shows', (code) => {
  const forms = formsOf(code);
  expect(forms.length).toBeGreaterThan(0);
  for (const { text } of forms) {
    expect(text).toMatch(/[а-яіїєґ]/i);
    expect(text).not.toMatch(/[ыэъё]/i);
    expect(placeholders(text)).toEqual(Object.keys(markedParams(code)).sort());
  }
});

test('no text is of a code that there is not', () =>
  expect([...new Set(Object.keys(texts).map((key) => key.replace(PLURAL, '')))].sort()).toEqual(
    [...reasonCodes()].sort(),
  ));

test('a text with plural forms has all that the language has, and a parameter to choose by', () => {
  const plural = reasonCodes().filter((code) => formsOf(code).some(({ form }) => form !== undefined));
  expect(plural.length).toBeGreaterThan(0);
  for (const code of plural) {
    expect([
      code,
      formsOf(code)
        .map(({ form }) => form)
        .sort(),
    ]).toEqual([code, [...PLURAL_FORMS].sort()]);
    for (const count of [1, 2, 5, 21, 1.5]) {
      const params = Object.fromEntries(
        Object.entries(markedParams(code)).map(([name, value]) => [name, typeof value === 'string' ? count : value]),
      );
      const form = new Intl.PluralRules('uk').select(count);
      const { text } = formsOf(code).find((each) => each.form === form)!;
      expect(inUkrainian({ code, params })).toEqual({
        text: text
          .replaceAll(/\{\{cause[^}]*\}\}/g, 'це не правильне ім’я хоста.')
          .replaceAll(/\{\{\w+\}\}/g, new Intl.NumberFormat('uk').format(count)),
      });
    }
  }
});

test.each(reasonCodes())('%s is shown in Ukrainian, with what it was given', (code) => {
  const params = Object.fromEntries(
    Object.entries(markedParams(code)).map(([name, value]) => [
      name,
      // A number, where the forms differ by it.
      ['count', 'days', 'bytes', 'limit'].includes(name) && formsOf(code).length > 1 ? 7 : value,
    ]),
  );
  const { text, lang } = inUkrainian({ code, params });
  expect(lang).toBeUndefined();
  expect(text).not.toMatch(/\{\{|\}\}|\[object|undefined/);
  for (const [name, value] of Object.entries(params))
    expect([name, text.toLowerCase()]).toEqual([
      name,
      expect.stringContaining(
        typeof value === 'object' ? inUkrainian(value).text.toLowerCase() : String(value).toLowerCase(),
      ),
    ]);
});

test.each<[Reason, string]>([
  [reason('endpoint-responded', { status: 404 }), 'Сервер відповів 404.'],
  [
    reason('last-attempt-failed', { cause: reason('connection-refused') }),
    'Остання спроба не вдалася. У з’єднанні відмовлено.',
  ],
  [
    reason('consecutive-failures', { count: 5, cause: reason('endpoint-responded', { status: 400 }) }),
    '5 невдалих доставок поспіль. Остання помилка: сервер відповів 400.',
  ],
  [
    reason('consecutive-failures', {
      count: 2,
      cause: reason('last-attempt-failed', { cause: reason('timeout-headers', { seconds: 2.5 }) }),
    }),
    '2 невдалі доставки поспіль. Остання помилка: остання спроба не вдалася. ' +
      'Сервер не відповів за 2,5 с (очікували статус і заголовки).',
  ],
  [reason('certificate-expired-days', { days: 1 }), 'Строк дії сертифіката сервера минув 1 день тому.'],
  [reason('certificate-expired-days', { days: 3 }), 'Строк дії сертифіката сервера минув 3 дні тому.'],
  [reason('url-too-long', { limit: 2048 }), 'Адреса може мати щонайбільше 2048 символів.'],
  [
    reason('body-too-large', { bytes: 1_048_577, limit: 1_048_576 }),
    'Тіло має 1\u00a0048\u00a0577 байтів. Дозволено щонайбільше 1\u00a0048\u00a0576.',
  ],
  [reason('scheme-not-allowed', { schemes: 'https:// or http://' }), 'Адреса має починатися з https:// або http://.'],
])('%j', (of, expected) => expect(inUkrainian(of)).toEqual({ text: expected }));

test('an English page shows the server’s sentence, whatever the code', async () => {
  const english = await pageIn('en');
  expect(english({ text: 'The connection was refused.', code: 'connection-refused' })).toEqual({
    text: 'The connection was refused.',
  });
});

test.each<[string, ServerReason]>([
  ['no code', { text: 'Something new.' }],
  ['an unknown code', { text: 'Something new.', code: 'something-new' }],
  [
    'a cause of an unknown code',
    { text: 'Something new.', code: 'last-attempt-failed', params: { cause: { code: 'something-new' } } },
  ],
  ['a parameter that is missing', { text: 'Something new.', code: 'endpoint-responded' }],
  [
    'a parameter without the number that the form follows',
    { text: 'Something new.', code: 'too-long', params: { limit: 'x' } },
  ],
  [
    'a parameter that is nothing to show',
    { text: 'Something new.', code: 'plan-without-webhooks', params: { plan: ['x'] } },
  ],
  ['a cause that is none', { text: 'Something new.', code: 'last-attempt-failed', params: { cause: { status: 5 } } }],
  ['the name of a plural form', { text: 'Something new.', code: 'too-long_few', params: { limit: 3 } }],
  ['the name of what every object has', { text: 'Something new.', code: 'constructor' }],
  ['a key of the page’s own', { text: 'Something new.', code: 'translation:loading' }],
  ['a path', { text: 'Something new.', code: 'a.b' }],
])('with %s the server’s sentence is shown, and said to be English', (_what, said) =>
  expect(ukrainian(said)).toEqual({ text: 'Something new.', lang: 'en' }),
);

test.each([
  '<img src=x onerror=alert(1)>',
  '{{status}} {{plan}} {{- plan}}',
  '$t(loading) $t(webhook-deleted, {"ns": "reasons"})',
  "$& $1 $` $'",
  '&lt;b&gt;',
])('a parameter is text: %s', (plan) =>
  expect(inUkrainian(reason('plan-without-webhooks', { plan }))).toEqual({ text: `Тариф «${plan}» не має вебхуків.` }),
);

test('a parameter that is called as an option of i18next is a parameter', () =>
  expect(
    ukrainian({
      text: 'x',
      code: 'plan-without-webhooks',
      params: { plan: 'free', lng: 'en', ns: 'translation', context: 'x', defaultValue: 'x', postProcess: 'x' },
    }),
  ).toEqual({ text: 'Тариф «free» не має вебхуків.' }));
