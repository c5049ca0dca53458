/**
 * Writing figures (figures.ts). A write that adds cannot be told from its repetition, so what is refused is tried again
 * here and then given up, rather than have the whole batch come again.
 */
import { PortUnavailable } from '../shared/errors';
import { figuresOf, type FigureStore, type FigureUpdate, type LogChange } from './figures';
import type { Clock } from '../shared/clock';
import type { Log } from '../shared/log';

const TRIES = 3;
const PAUSE_MS = 200;
/** Writes at a time. */
const AT_ONCE = 25;

export interface StatisticsReport {
  readonly written: number;
  /** Given up: the figures are that much too low. */
  readonly lost: number;
}

/**
 * @throws PortUnavailable when nothing at all was written, and there was something to write: then the batch may come
 *   again, and counts nothing twice
 */
export async function recordFigures(
  changes: readonly LogChange[],
  ports: { readonly clock: Clock; readonly figures: FigureStore; readonly log: Log },
): Promise<StatisticsReport> {
  const updates = figuresOf(changes);
  let left = updates;
  for (let attempt = 1; left.length > 0 && attempt <= TRIES; attempt += 1) {
    if (attempt > 1) await ports.clock.sleep(PAUSE_MS * attempt);
    left = await refusedOf(left, ports.figures);
  }
  if (left.length > 0 && left.length === updates.length)
    throw new PortUnavailable('counters table', new Error('it refused every figure of the batch'));
  if (left.length > 0)
    ports.log.warn('dropped statistics updates', { lost: left.length, written: updates.length - left.length });
  return { written: updates.length - left.length, lost: left.length };
}

async function refusedOf(updates: readonly FigureUpdate[], figures: FigureStore): Promise<readonly FigureUpdate[]> {
  const refused: FigureUpdate[] = [];
  for (let start = 0; start < updates.length; start += AT_ONCE) {
    await Promise.all(
      updates.slice(start, start + AT_ONCE).map(async (update) => {
        try {
          await figures.apply(update);
        } catch (error) {
          if (!(error instanceof PortUnavailable)) throw error;
          refused.push(update);
        }
      }),
    );
  }
  return refused;
}
