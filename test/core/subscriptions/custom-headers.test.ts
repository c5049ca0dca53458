import { reason } from '../../../lambda/core/shared/reason';
import * as fc from 'fast-check';
import {
  checkCustomHeaders,
  CUSTOM_HEADERS_MAX,
  sealHeaders,
  withOwnHeaders,
} from '../../../lambda/core/subscriptions/custom-headers';
import { InvalidInput } from '../../../lambda/core/shared/errors';
import { KeyRing } from '../../../lambda/core/signing/key-ring';
import { LEAPOCR_PROFILE } from '../../builders/profile';
import { ROOT_SECRET, subscription } from '../../builders/subscription';
import { SeededRandom } from '../../fakes/time-and-random';
import { headersOwner } from '../../../lambda/core/subscriptions/subscription';

const check = (headers: Record<string, string>) =>
  checkCustomHeaders(headers, { ...LEAPOCR_PROFILE, headers: { 'X-Platform': 'leapocr' } });

function refusal(headers: Record<string, string>): InvalidInput {
  try {
    check(headers);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInput);
    return error as InvalidInput;
  }
  throw new Error('it was taken');
}

test('credentials and names of the owner pass, in lower case', () => {
  expect(check({ Authorization: 'Basic dXNlcjpwYXNz', 'X-Tenant': 'a b\tc' })).toEqual({
    authorization: 'Basic dXNlcjpwYXNz',
    'x-tenant': 'a b\tc',
  });
  expect(check({})).toEqual({});
});

test.each([
  'Host',
  'Content-Type',
  'content-length',
  'Content-Encoding',
  'Transfer-Encoding',
  'Expect',
  'Connection',
  'Keep-Alive',
  'TE',
  'Trailer',
  'Upgrade',
  'Proxy-Authorization',
  'Proxy-Connection',
  'User-Agent',
  'Date',
  'webhook-id',
  'Webhook-Signature',
  'webhook-anything',
  'X-R2-Signature',
  'x-webhook-timestamp',
  'X-Webhook-Signature',
  'x-platform',
])("%s is not the owner's to set", (name) => {
  expect(refusal({ [name]: 'x' })).toMatchObject({
    field: `headers.${name}`,
    reason: reason('header-name-reserved'),
  });
});

test.each(['', ' x', 'x ', 'a\r\nb: c', 'a\nb', 'a\u0000b', 'ключ', '\u007f'])(
  'the value %j is refused, and not repeated',
  (value) => {
    const { field, message } = refusal({ 'x-a': value });
    expect(field).toBe('headers.x-a');
    if (value.length > 2) expect(message).not.toContain(value);
  },
);

test.each(['', 'a b', 'a:b', 'a\r\nb', 'ключ', 'x'.repeat(101)])('the name %j is refused', (name) => {
  expect(refusal({ [name]: 'x' }).field).toBe('headers');
});

test('one name in two spellings is refused', () => {
  expect(refusal({ 'X-A': '1', 'x-a': '2' }).reason).toEqual(reason('header-name-repeated'));
});

test('at most ten, and 4 KiB of names and values', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_unused, index) => [`x-${index}`, 'v']));
  expect(Object.keys(check(many(CUSTOM_HEADERS_MAX)))).toHaveLength(CUSTOM_HEADERS_MAX);
  expect(refusal(many(CUSTOM_HEADERS_MAX + 1)).field).toBe('headers');
  expect(check({ 'x-a': 'v'.repeat(4 * 1024 - 3) })).toHaveProperty('x-a');
  expect(refusal({ 'x-a': 'v'.repeat(4 * 1024 - 2) }).field).toBe('headers');
});

test('whatever passes can be sent as it is: no line break, no name of ours', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary-ascii' }), fc.string({ unit: 'binary-ascii' })), (headers) => {
      let passed: Record<string, string> = {};
      try {
        passed = check(headers);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInput);
      }
      expect(() => new Headers(passed)).not.toThrow();
      for (const [name, value] of Object.entries(passed)) expect(new Headers(passed).get(name)).toBe(value);
    }),
  );
});

test('sealed headers open for their subscription alone, and not as a signing secret', () => {
  const ring = KeyRing.parse(ROOT_SECRET);
  const [mine, other] = [subscription(), subscription()];
  const { sealed, names } = sealHeaders({ 'x-a': 'hush' }, mine, ring, new SeededRandom());
  expect(names).toEqual(['x-a']);
  expect(ring.unseal(sealed, headersOwner(mine))).toBe('{"x-a":"hush"}');
  expect(() => ring.unseal(sealed, headersOwner(other))).toThrow();
  expect(() => ring.unseal(sealed, { ...headersOwner(mine), purpose: 'signing-secret' })).toThrow();
});

test('a header that the profile has taken for itself since is sent once, as the profile has it', () => {
  expect(withOwnHeaders({ 'x-platform': 'mine', 'x-a': 'b' }, { 'X-Platform': 'theirs' })).toEqual({
    'x-a': 'b',
    'X-Platform': 'theirs',
  });
});
