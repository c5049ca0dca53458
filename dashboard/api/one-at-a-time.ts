/**
 * The second click of a double click comes within this time, in milliseconds, and the answer to the first may have come
 * before it.
 */
const DOUBLE_CLICK_MS = 500;

/**
 * Drops what is called for while the call before is under way, or as the second half of a double click: a button is
 * seen to be busy only after the next render.
 * @param now milliseconds, never set back
 * @returns `undefined` for what is dropped
 */
export function oneAtATime(
  now: () => number = () => performance.now(),
): <T>(call: () => Promise<T>) => Promise<T> | undefined {
  let underWay = false;
  let since = -Infinity;
  return (call) => {
    if (underWay || now() - since < DOUBLE_CLICK_MS) return undefined;
    underWay = true;
    since = now();
    return call().finally(() => {
      underWay = false;
    });
  };
}
