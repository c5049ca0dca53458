/** Time and chance as Node.js has them. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RandomSource } from '../../core/shared/random';
import type { Clock } from '../../core/shared/clock';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
};

export const systemRandom: RandomSource = { bytes: (count) => randomBytes(count) };
