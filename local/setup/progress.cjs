'use strict';
// A line a step, with its time, on standard error: standard output belongs to the command that follows.
const { setInterval, clearInterval } = require('node:timers');

const LABEL_WIDTH = 34;
/** Without a terminal a long step says this often that it goes on. */
const REMINDER_MS = 10_000;
const FRAME_MS = 100;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * Shows `label` while `work` runs and its time when it ends.
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @param {NodeJS.WriteStream} out
 * @returns {Promise<T>}
 */
async function step(label, work, out = process.stderr) {
  const begun = performance.now();
  const padded = label.padEnd(LABEL_WIDTH);
  let frame = 0;
  const timer = out.isTTY
    ? setInterval(
        () =>
          out.write(
            `\r  ${FRAMES[frame++ % FRAMES.length]} ${padded} ${seconds(performance.now() - begun).padStart(8)}`,
          ),
        FRAME_MS,
      )
    : setInterval(
        () => out.write(`  … ${padded} ${seconds(performance.now() - begun).padStart(8)} so far\n`),
        REMINDER_MS,
      );
  timer.unref();
  const finish = (mark) => {
    clearInterval(timer);
    out.write(`${out.isTTY ? '\r\x1b[K' : ''}  ${mark} ${padded} ${seconds(performance.now() - begun).padStart(8)}\n`);
  };
  try {
    const result = await work();
    finish('✓');
    return result;
  } catch (error) {
    finish('✗');
    throw error;
  }
}

module.exports = { step };
