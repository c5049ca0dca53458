/** Sends again what a queue is known to have refused. */
import type { Clock } from '../shared/clock';
import type { SendResult } from './delivery-queues';

/** Tries of one send. Items that are still refused after these go back to where they came from. */
export const SEND_TRIES = 4;
const FIRST_PAUSE_MS = 100;

/**
 * A send without an answer is not repeated: the queue may have taken it.
 *
 * @param send one result an item, in order
 * @param mayWait whether there is time for a pause of so many milliseconds
 * @returns one result an item, in order
 */
export async function sendWithRetries<T>(
  items: readonly T[],
  send: (items: readonly T[]) => Promise<readonly SendResult[]>,
  clock: Clock,
  mayWait: (pauseMs: number) => boolean = () => true,
): Promise<readonly SendResult[]> {
  const results = new Map<number, SendResult>();
  let left = items.map((item, index) => ({ item, index }));
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const answers = await send(left.map(({ item }) => item));
    left.forEach(({ index }, place) => results.set(index, answers[place]!));
    left = left.filter(({ index }) => results.get(index) === 'refused');
    const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
    if (left.length === 0 || attempt === SEND_TRIES || !mayWait(pauseMs)) break;
    await clock.sleep(pauseMs);
  }
  return items.map((_item, index) => results.get(index)!);
}
