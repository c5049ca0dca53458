import { UserError } from './user-error';

/**
 * Runs a command's main function: a UserError ends it with its message and status 1, anything else with its stack
 * trace.
 */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const text =
      error instanceof UserError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    process.stderr.write(`\n${text}\n`);
    process.exitCode = 1;
    // Whatever failed may have left sockets open, which must not keep the process.
    setImmediate(() => process.exit(1));
  });
}
