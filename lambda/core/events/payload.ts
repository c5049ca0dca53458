/**
 * A payload is serialized once, when its event is accepted; from then on it is bytes, and every attempt sends the same.
 *
 * Reading and writing JSON in JavaScript would change numbers that a double does not hold (12345678901234567890, 1.10,
 * 1e400). Such a number keeps its own source text.
 */

/**
 * JSON.rawJSON and a reviver's `source` (the TC39 proposal "JSON.parse source text access", in V8 since Node.js 21) are
 * not in TypeScript's library yet.
 */
interface JsonWithSource {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}
const json = JSON as unknown as JsonWithSource;

/**
 * Only text that matches can hold a number whose value or spelling a round trip would change; most has none, and is
 * parsed without a reviver.
 */
const MAY_HOLD_LOSSY_NUMBER = /[0-9]{16}|[0-9]\.[0-9]|[0-9][eE]|-0/;

/** Parses JSON so that {@link JSON.stringify} of the result keeps every number as it was written. */
export function parseLosslessly(text: string): unknown {
  if (!MAY_HOLD_LOSSY_NUMBER.test(text)) return JSON.parse(text);
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source
      ? json.rawJSON(source)
      : value,
  );
}

/** True for what a producer may send as a JSON object: neither an array, nor a number that kept its source. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);
}
