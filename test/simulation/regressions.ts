import type { FaultMix } from './faults';

/**
 * Seeds that once showed something wrong, in the core or in the simulator's own idea of it. A change to what a seed
 * draws makes them other runs; they are kept because they cost nothing.
 */
export const REGRESSIONS: readonly { readonly what: string; readonly seed: number; readonly mix: FaultMix }[] = [
  { what: 'a subscription deleted between a refused fan-out and its repetition', seed: 981, mix: 'free' },
  { what: "a recovery's message that SQS delivers twice", seed: 5_531, mix: 'all' },
  { what: 'a message twice in one batch', seed: 28, mix: 'all' },
  {
    what: "a 410 whose record a copy's success went over, before anybody decided",
    seed: 10_973,
    mix: ['duplicate', 'send-refused', 'slow', 'crash-deliver'],
  },
  {
    what: "a subscription disabled by a failure whose record a copy's success went over, before that was said",
    seed: 4_003_648,
    mix: 'all',
  },
  {
    what:
      'a recovery, two of whose workers had one message: the winner never learned that it won, and the loser ' +
      'deleted it',
    seed: 7_012_477,
    mix: 'all',
  },
  {
    what: 'one message twice in a batch: dropped as a copy of itself, while its other self was returned',
    seed: 8_060_724,
    mix: 'all',
  },
  {
    what:
      'one message held by two workers: dropped by one, for another chain whose re-enqueue was owed and which ' +
      "the other's record ended",
    seed: 20_041_108,
    mix: 'all',
  },
  { what: 'a disabling that only cancelled deliveries met again', seed: 20_000_525, mix: 'all' },
  { what: 'the same, after a recovery', seed: 20_010_964, mix: 'all' },
];
