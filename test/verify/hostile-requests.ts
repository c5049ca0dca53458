/** Requests near to good ones, with anything in them: for properties, and for holding the languages to each other. */
import fc from 'fast-check';
import { bodyOf, headersOf, type VerificationVector, verificationVectors } from '../vectors/verification';

export type HostileRequest = Omit<VerificationVector, 'name' | 'expect' | 'verified' | 'source'>;

const LONGEST_BODY = 1000;
const LONGEST_VALUE = 2000;

const startingPoints = verificationVectors().filter(
  (vector) =>
    bodyOf(vector).length < LONGEST_BODY &&
    Object.values(headersOf(vector)).every((value) => typeof value !== 'string' || value.length < LONGEST_VALUE),
);
const schemes = [...new Map(startingPoints.map(({ scheme }) => [JSON.stringify(scheme), scheme])).values()];

const piece = fc.oneof(
  fc.constantFrom(
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\0',
    ',',
    ', ',
    '=',
    '.',
    'v1,',
    'v1=',
    't=',
    'v0=',
    'sha256=',
    '"',
    'ff',
    'FF',
    'é',
    'а',
    '☃',
    '１',
    '\u00a0',
    '\ufeff',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('0'.repeat(64), 'A'.repeat(43) + '=', ' '.repeat(9000)),
);

/** What can become of a header's value. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(200), piece }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(200), length: fc.nat(4) }),
  fc.record({
    kind: fc.constantFrom(
      'twice' as const,
      'repeated' as const,
      'upper' as const,
      'empty' as const,
      'gone' as const,
      'list' as const,
    ),
  }),
);

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(value: string | string[], what: Change): string | string[] | undefined {
  const text = typeof value === 'string' ? value : value.join(', ');
  switch (what.kind) {
    case 'insert': {
      const at = what.at % (text.length + 1);
      return (text.slice(0, at) + what.piece + text.slice(at)).toWellFormed();
    }
    case 'cut': {
      const at = what.at % (text.length + 1);
      return (text.slice(0, at) + text.slice(at + what.length)).toWellFormed();
    }
    case 'twice':
      return [text, text];
    case 'repeated':
      return Array.from({ length: 20 }, () => text).join(' ');
    case 'upper':
      return text.toUpperCase();
    case 'empty':
      return '';
    case 'gone':
      return undefined;
    case 'list':
      return text.split(' ');
  }
}

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .record({
    vector: fc.constantFrom(...startingPoints),
    scheme: rarely(fc.constantFrom(...schemes)),
    changes: fc.array(fc.record({ header: fc.nat(5), change }), { maxLength: 3 }),
    body: rarely(fc.string({ unit: 'binary' })),
    secrets: rarely(
      fc.array(
        fc.oneof(fc.constantFrom('', 'whsec_', 'whsec_AAAA', 'secret'), fc.string({ unit: 'binary', maxLength: 8 })),
        { maxLength: 3 },
      ),
    ),
    shift: fc.constantFrom(0, 0, 0, 300, 301, -300, -301, 10 ** 9),
  })
  .map(({ vector, scheme, changes, body, secrets, shift }) => {
    const headers: Record<string, string | string[]> = headersOf(vector);
    for (const { header, change: what } of changes) {
      const names = Object.keys(headers);
      if (names.length === 0) break;
      const name = names[header % names.length]!;
      const value = changed(headers[name]!, what);
      if (value === undefined) delete headers[name];
      else headers[name] = value;
    }
    return {
      scheme: scheme ?? vector.scheme,
      headers,
      body: body ?? vector.body,
      secrets: secrets ?? vector.secrets,
      now: vector.now + shift,
      ...(vector.toleranceSeconds !== undefined && { toleranceSeconds: vector.toleranceSeconds }),
    };
  });
