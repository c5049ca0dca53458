import { startDetached } from './detach';
import { runMain } from './main';
import { say } from './report';
import { abortOnSignals, Interrupted } from './shutdown';
import { parseStartOptions } from './start-options';
import { supervise } from './supervise';

async function main(): Promise<void> {
  const options = parseStartOptions(process.argv.slice(2));
  const controller = abortOnSignals();
  try {
    if (options.detach) {
      await startDetached(options, controller.signal);
      process.exit(0);
    }
    if (!options.exit) say('Ctrl-C ends the local stack.');
    await supervise(options, controller);
    process.exit(0);
  } catch (error) {
    if (error instanceof Interrupted) process.exit(error.exitStatus);
    throw error;
  }
}

runMain(main);
