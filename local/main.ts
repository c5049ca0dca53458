import { UserError } from './user-error';

/**
 * Runs a command's main function: a UserError ends it with its message and status 1, anything else with its stack
 * trace.
 */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    process.stderr.write(`\n${describeFailure(error)}\n`);
    process.exitCode = 1;
    // Whatever failed may have left sockets open, which must not keep the process.
    setImmediate(() => process.exit(1));
  });
}

function describeFailure(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
