/** Chance is a port. */
export interface Chance {
  /** Cryptographically random bytes. */
  bytes(count: number): Uint8Array;
}

/** From 0 up to 1. */
export function fraction(chance: Chance): number {
  return Buffer.from(chance.bytes(4)).readUInt32BE() / 2 ** 32;
}
