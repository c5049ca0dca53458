/**
 * Cursors: where a list goes on. Opaque to clients; bound by a digest to the list that they were made for, its tenant
 * and filters included, so that one that is taken elsewhere is refused instead of giving odd pages. What a client could
 * forge is another place in its own list.
 */
import { reason } from '../../core/shared/reason';
import { createHash } from 'node:crypto';
import { Conflict } from '../../core/shared/errors';

const VERSION = 1;
const POSITION_BYTES = 16;
const DIGEST_BYTES = 12;
/** Base64url of all of it. */
export const CURSOR_CHARACTERS = Math.ceil(((1 + POSITION_BYTES + DIGEST_BYTES) * 4) / 3);

/**
 * @param position 32 hexadecimal digits, with hyphens or without
 * @param list what the list is: operation, tenant and filters
 */
export function formatCursor(position: string, list: readonly (string | undefined)[]): string {
  const bytes = Buffer.from(position.replaceAll('-', ''), 'hex');
  if (bytes.length !== POSITION_BYTES) throw new RangeError('a cursor holds 16 bytes of position');
  return Buffer.concat([Buffer.from([VERSION]), bytes, digest(bytes, list)]).toString('base64url');
}

/**
 * @returns 32 hexadecimal digits
 * @throws Conflict for anything that this list did not give
 */
export function readCursor(cursor: string, list: readonly (string | undefined)[]): string {
  const bytes = Buffer.from(cursor, 'base64url');
  const position = bytes.subarray(1, 1 + POSITION_BYTES);
  const fits =
    bytes.length === 1 + POSITION_BYTES + DIGEST_BYTES &&
    bytes.toString('base64url') === cursor &&
    bytes[0] === VERSION &&
    digest(position, list).equals(bytes.subarray(1 + POSITION_BYTES));
  if (!fits) throw new Conflict(reason('cursor-mismatch'));
  return position.toString('hex');
}

/** 32 hexadecimal digits as a UUID. */
export function asUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function digest(position: Uint8Array, list: readonly (string | undefined)[]): Buffer {
  return createHash('sha256')
    .update(position)
    .update(JSON.stringify(list.map((part) => part ?? null)))
    .digest()
    .subarray(0, DIGEST_BYTES);
}
