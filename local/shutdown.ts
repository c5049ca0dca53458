/** 128 + the signal's number, as shells say it. */
const STATUS_AFTER = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The user, or the system, wants this process to end. */
export class Interrupted extends Error {
  constructor(
    readonly signal: string,
    readonly exitStatus: number,
  ) {
    super(`interrupted by ${signal}`);
  }
}

/**
 * Aborts on the first SIGINT, SIGTERM or SIGHUP, and when the process that passes signals on (local/run.mjs) is gone.
 * Later ones change nothing: a Ctrl-C comes more than once, from the terminal and from npm.
 */
export function abortOnSignals(): AbortController {
  const controller = new AbortController();
  for (const [signal, status] of Object.entries(STATUS_AFTER)) {
    process.on(signal, () => {
      controller.abort(new Interrupted(signal, status));
    });
  }
  process.on('disconnect', () => {
    controller.abort(new Interrupted('the end of its parent process', STATUS_AFTER.SIGHUP));
  });
  return controller;
}
