/**
 * Whether something may be done once more within a window of time, counted where all functions see it. Windows begin at
 * whole multiples of their length since 1970.
 */
export interface RateLimits {
  /**
   * Takes one of `limit` in the current window of `windowSeconds`; false when they are used up.
   *
   * @param name of what is limited, such as `test#tenant`
   * @throws PortUnavailable
   */
  take(name: string, limit: number, windowSeconds: number): Promise<boolean>;
}
