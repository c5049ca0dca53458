/** The operator key: random characters on a ring in Secrets Manager. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { NamedKeys } from '../../core/shared/credentials';

/**
 * @returns the name of the key that was presented. Digests are compared, in constant time, and every key's: how long it
 *   takes says nothing about any of them.
 */
export function matchingKey(presented: string, { all }: NamedKeys): string | undefined {
  const digest = sha256(presented);
  let found: string | undefined;
  for (const { name, value } of all) {
    if (timingSafeEqual(digest, sha256(value))) found = name;
  }
  return found;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
