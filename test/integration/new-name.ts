import { randomBytes } from 'node:crypto';

/** A name that nobody has. */
export function newName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
