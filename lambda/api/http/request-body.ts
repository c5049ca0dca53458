/** A request's body: its size, type, encoding and JSON, before any schema. */
import { reason } from '../../core/shared/reason';
import { InvalidRequest, TooLarge, UnsupportedMediaType } from './errors';
import type { Body } from './operation';
import { validated } from './validation';

/** A management request is small; events have a bound of their own. */
export const BODY_MAX_BYTES = 64 * 1024;

/** @throws TooLarge, UnsupportedMediaType, InvalidRequest */
export function readBody(bytes: Uint8Array, contentType: string | undefined, body: Body<unknown>): unknown {
  const max = body.kind === 'text' ? body.maxBytes : BODY_MAX_BYTES;
  if (bytes.length > max) throw new TooLarge(reason('body-too-large', { bytes: bytes.length, limit: max }));
  if (bytes.length === 0) {
    if (body.kind === 'text' || body.required)
      throw new InvalidRequest([{ field: 'body', reason: reason('required') }]);
    return validated({}, body.schema, 'body');
  }
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/json')
    throw new UnsupportedMediaType(reason('content-type-not-json'));
  const text = decodeUtf8(bytes);
  return body.kind === 'text' ? text : validated(parseJson(text), body.schema, 'body');
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidRequest([{ field: 'body', reason: reason('not-utf8') }]);
  }
}

function parseJson(text: string): unknown {
  let special = false;
  let value: unknown;
  try {
    value = JSON.parse(text, (name, each: unknown) => {
      special ||= name === '__proto__'; // no schema would see it: it gets lost on the way
      return each;
    });
  } catch {
    throw new InvalidRequest([{ field: 'body', reason: reason('not-json') }]);
  }
  if (special) throw new InvalidRequest([{ field: '__proto__', reason: reason('name-forbidden') }]);
  return value;
}
