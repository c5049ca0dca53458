import { PortUnavailable } from '../../../lambda/core/shared/errors';
import { retryWrite, RETRY_WRITE_MARGIN_MS } from '../../../lambda/core/shared/retry-write';
import { ManualClock } from '../../fakes/time-and-random';

const refusal = () => new PortUnavailable('table', new Error('throttled'));

/** A write that is refused so often, on a clock that the pauses move, in an invocation that has so long left. */
function setUp(refusals: number, remainingMs: number, error: () => Error = refusal) {
  const clock = new ManualClock(0);
  let tries = 0;
  const write = () => {
    tries += 1;
    return tries <= refusals ? Promise.reject(error()) : Promise.resolve('written');
  };
  return { run: () => retryWrite(write, clock, () => remainingMs - clock.now()), clock, tries: () => tries };
}

test('a write that is taken is made once', async () => {
  const { run, tries } = setUp(0, 30_000);
  expect(await run()).toBe('written');
  expect(tries()).toBe(1);
});

test('a refused write is made again, after pauses that grow', async () => {
  const { run, tries, clock } = setUp(4, 30_000);
  expect(await run()).toBe('written');
  expect(tries()).toBe(5);
  expect(clock.now()).toBe(50 + 100 + 200 + 400);
});

test('it is given up when the next try could not end in time, and says why', async () => {
  const { run, clock } = setUp(Infinity, 10_000);
  await expect(run()).rejects.toThrow(PortUnavailable);
  expect(10_000 - clock.now()).toBeGreaterThanOrEqual(RETRY_WRITE_MARGIN_MS);
});

test('another error is not a refusal, and is not tried again', async () => {
  const { run, tries } = setUp(1, 30_000, () => new TypeError('wrong as it stands'));
  await expect(run()).rejects.toThrow(TypeError);
  expect(tries()).toBe(1);
});
