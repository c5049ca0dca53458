// The process that `npm start -- --detach` leaves in the background. Its arguments are the same.
import { runMain } from './main';
import { abortOnSignals, Interrupted } from './shutdown';
import { parseStartOptions } from './start-options';
import { supervise } from './supervise';

runMain(async () => {
  try {
    await supervise({ ...parseStartOptions(process.argv.slice(2)), detach: false }, abortOnSignals());
    process.exit(0);
  } catch (error) {
    if (error instanceof Interrupted) process.exit(error.exitStatus);
    throw error;
  }
});
