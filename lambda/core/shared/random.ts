/** Randomness is a port, so that the core is repeatable. */
export interface RandomSource {
  /** Cryptographically random bytes. */
  bytes(count: number): Uint8Array;
}

/** From 0 up to 1. */
export function randomFraction(random: RandomSource): number {
  return Buffer.from(random.bytes(4)).readUInt32BE() / 2 ** 32;
}
