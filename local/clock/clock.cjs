'use strict';
// Virtual time for the Node.js handlers on the embedded AWS, by --require: Date is ahead by the seconds in the file
// $CLOCK_OFFSET_FILE. Timers and performance.now stay real, so that deadlines of running attempts are not cut short
// when the clock is moved.
const { readFileSync } = require('node:fs');

/** What a reader may be late by. */
const READ_AGAIN_AFTER_MS = 20;

const file = process.env.CLOCK_OFFSET_FILE;
if (file) {
  const RealDate = Date;
  let offsetMs = 0;
  let readAt = -Infinity;

  const readOffset = () => {
    if (performance.now() - readAt <= READ_AGAIN_AFTER_MS) return offsetMs;
    try {
      const seconds = Number(readFileSync(file, 'utf8').trim());
      if (Number.isFinite(seconds)) offsetMs = seconds * 1000;
    } catch {
      /* between two versions of the file: the last value stands */
    }
    readAt = performance.now();
    return offsetMs;
  };
  const now = () => Math.floor(RealDate.now() + readOffset());

  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [now()], newTarget === globalThis.Date ? target : newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
}
