/** The start of an answer's body as text for the delivery log. */

/** A UTF-8 character has at most three bytes after its first (RFC 3629). */
const MAX_CONTINUATION_BYTES = 3;

/**
 * Decodes UTF-8, with U+FFFD for what is not UTF-8 and nothing else changed.
 *
 * @param bytes the body, or its start
 * @param limitBytes what the text may take up as UTF-8; it is cut between two characters
 */
export function answerText(bytes: Uint8Array, limitBytes: number): string {
  if (bytes.length === 0) return '';
  const text = decode(bytes.length > limitBytes ? cut(bytes, limitBytes) : bytes);
  // Every invalid byte has become three.
  return Buffer.byteLength(text) > limitBytes ? decode(cut(Buffer.from(text), limitBytes)) : text;
}

const decode = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** At most `length` bytes, without the start of a character whose rest comes after them. */
function cut(bytes: Uint8Array, length: number): Uint8Array {
  let end = length;
  while (end > 0 && length - end < MAX_CONTINUATION_BYTES && isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, isContinuation(bytes[end]) ? length : end);
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
