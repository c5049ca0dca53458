/** Time and chance as Node.js has them. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance, Clock } from '../../core/ports';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
};

/** Bytes for jitter and ids are taken from one draw for many: a draw of eight costs as much CPU as signing a delivery by all schemes. Secrets are drawn for themselves. */
const DRAW_BYTES = 4096;
const SMALL_BYTES = 16;
let drawn = Buffer.alloc(0);

export const systemChance: Chance = {
  bytes: (count) => {
    if (count > SMALL_BYTES) return randomBytes(count);
    if (drawn.length < count) drawn = randomBytes(DRAW_BYTES);
    const bytes = Buffer.from(drawn.subarray(0, count));
    drawn = drawn.fill(0, 0, count).subarray(count);
    return bytes;
  },
};
