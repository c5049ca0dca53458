import { runMain } from './main';
import { parseOptions, required, usageError } from './options';
import { readStackFile, stackNamed } from './stack-file';
import { subscribe } from './subscribe';

const USAGE = `Usage: npm run subscribe -- --tenant T --url U --events E,E [--stack S]
  --tenant T     whose subscription it is, for LeapOCR ORGANIZATION/TEAM
  --url U        the endpoint to deliver to
  --events E,E   event types, separated by commas
  --stack S      the stack to subscribe in (default leapocr)
Prints {"id", "secret"} as one line of JSON.`;

async function main(): Promise<void> {
  const options = parseOptions(
    process.argv.slice(2),
    {
      stack: { type: 'string', default: 'leapocr' },
      tenant: { type: 'string' },
      url: { type: 'string' },
      events: { type: 'string' },
    },
    USAGE,
  );
  const tenant = required('--tenant', options.tenant, USAGE);
  const url = required('--url', options.url, USAGE);
  const events = required('--events', options.events, USAGE)
    .split(',')
    .map((event) => event.trim())
    .filter(Boolean);
  if (events.length === 0) throw usageError('--events names no event type', USAGE);
  const local = readStackFile();
  const subscription = await subscribe({ local, stack: stackNamed(local, options.stack), tenant, url, events });
  process.stdout.write(`${JSON.stringify({ id: subscription.id, secret: subscription.secret })}\n`);
}

runMain(main);
