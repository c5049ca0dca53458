import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode, HmacOptions } from '../../verify/typescript/verify';

type Text = string | { readonly repeat: string; readonly times: number };
type HeaderValue = Text | readonly string[];

/**
 * What the receiver kit must say of a request, in every language; generate_verification.py says what each field holds.
 */
export interface VerificationVector {
  readonly name: string;
  readonly scheme: string | { readonly hmac: HmacOptions };
  readonly headers: Readonly<Record<string, HeaderValue>>;
  readonly body: Text | { readonly base64: string };
  readonly secrets: readonly string[];
  readonly now: number;
  readonly toleranceSeconds?: number;
  readonly expect: 'ok' | ErrorCode;
  readonly verified?: { readonly id?: string; readonly timestamp?: number };
  readonly source?: string;
}

export const VERIFICATION_FILE = join(__dirname, 'verification.json');

export function verificationVectors(): VerificationVector[] {
  return JSON.parse(readFileSync(VERIFICATION_FILE, 'utf8')) as VerificationVector[];
}

export function bodyOf({ body }: Pick<VerificationVector, 'body'>): Buffer {
  return typeof body !== 'string' && 'base64' in body ? Buffer.from(body.base64, 'base64') : Buffer.from(textOf(body));
}

export function headersOf({ headers }: Pick<VerificationVector, 'headers'>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? (value as string[]) : textOf(value as Text),
    ]),
  );
}

function textOf(text: Text): string {
  return typeof text === 'string' ? text : text.repeat.repeat(text.times);
}
