import { moveClock } from './clock';
import { formatDuration, parseDuration } from './duration';
import { runMain } from './main';
import { parseArguments, usageError } from './options';
import { readStackFile, type LocalStack } from './stack-file';
import { readClockOffset, virtualNow } from './virtual-clock';

const USAGE = `Usage: npm run clock -- DURATION | status
  DURATION   moves the running local stack's time forward: 90s, 30m, 2h, 1d, 1h30m
  status     says what time it is there`;

function status({ clockFile }: LocalStack): string {
  const time = new Date(virtualNow(clockFile) * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
  return `The local stack's time is ${time}, ${formatDuration(readClockOffset(clockFile))} ahead.`;
}

async function main(): Promise<void> {
  const [what, ...rest] = parseArguments(process.argv.slice(2), USAGE);
  if (what === undefined || rest.length > 0) throw usageError('One argument is needed', USAGE);
  if (what === 'status') {
    process.stdout.write(`${status(readStackFile())}\n`);
    return;
  }
  const seconds = parseDuration(what);
  const local = readStackFile();
  await moveClock(local, seconds, {
    onStep: (passed, due) => {
      const counts = Map.groupBy(due, ({ queueName }) => queueName);
      for (const [queueName, messages] of counts)
        process.stdout.write(`  +${formatDuration(passed).padEnd(10)} ${messages.length} due in ${queueName}\n`);
    },
  });
  process.stdout.write(`${status(local)}\n`);
}

runMain(main);
