import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Stripe from 'stripe';
import { PYTHON } from '../builders/python';
import { bodyOf, VERIFICATION_FILE, verificationVectors } from './verification';

const vectors = verificationVectors();

test("the vectors are what Python's hmac makes of them", () => {
  expect(execFileSync(PYTHON, [join(__dirname, 'generate_verification.py')], { encoding: 'utf8' })).toBe(
    readFileSync(VERIFICATION_FILE, 'utf8'),
  );
});

test('names are unique', () => {
  expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
});

test("the vector that stands for Stripe's library is what it makes", () => {
  const [vector, ...others] = vectors.filter(({ source }) => source?.startsWith('npm stripe') === true);
  const header = Stripe.webhooks.generateTestHeaderString({
    payload: bodyOf(vector!).toString(),
    secret: vector!.secrets[0]!,
    timestamp: vector!.now,
  });
  expect(vector!.headers).toEqual({ 'Stripe-Signature': header });
  expect(others).toEqual([]);
});
