import { oneAtATime } from '../../dashboard/api/one-at-a-time';

function counted() {
  let now = 0;
  let calls = 0;
  const single = oneAtATime(() => now);
  return {
    calls: () => calls,
    pass: (ms: number) => (now += ms),
    call: (outcome: Promise<void> = Promise.resolve()) =>
      single(() => {
        calls += 1;
        return outcome;
      }),
  };
}

test('what is called for while the first is under way is dropped, however long that takes', async () => {
  const { call, calls, pass } = counted();
  let settle!: () => void;
  const first = call(new Promise((resolve) => (settle = resolve)));
  expect(call()).toBeUndefined();
  pass(60_000);
  expect(call()).toBeUndefined();
  settle();
  await first;
  await call();
  expect(calls()).toBe(2);
});

test('the second half of a double click is dropped though the answer came before it', async () => {
  const { call, calls, pass } = counted();
  await call();
  pass(200);
  expect(call()).toBeUndefined();
  pass(300);
  await call();
  expect(calls()).toBe(2);
});

test('after a failure it can be tried again', async () => {
  const { call, calls, pass } = counted();
  await expect(call(Promise.reject(new Error('no')))).rejects.toThrow('no');
  pass(500);
  await call();
  expect(calls()).toBe(2);
});
