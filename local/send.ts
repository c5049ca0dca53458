import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { catalogExample, examplePayload } from './example-events';
import { runMain } from './main';
import { parseOptions, required } from './options';
import { userFolder } from './paths';
import { sendEvent } from './send-event';
import { readStackFile, stackNamed } from './stack-file';
import { UserError } from './user-error';
import { virtualNow } from './virtual-clock';

const USAGE = `Usage: npm run send -- --tenant T --type E [--stack S] [--file F] [--id ID] [--webhook-url U]
  --tenant T   whose event it is, for LeapOCR ORGANIZATION/TEAM
  --type E     the event's type, such as job.completed
  --stack S    the stack to send it to (default leapocr)
  --webhook-url U  deliver it there instead of to subscriptions
  --file F     JSON file with the payload (default: the guide's example of the type)
  --id ID      the event's id; the same id is delivered once (default: a new one)`;

function readPayload(file: string): unknown {
  const path = resolve(userFolder(), file);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UserError(`--file ${path}: ${(error as Error).message}`);
  }
}

async function main(): Promise<void> {
  const options = parseOptions(
    process.argv.slice(2),
    {
      stack: { type: 'string', default: 'leapocr' },
      tenant: { type: 'string' },
      type: { type: 'string' },
      file: { type: 'string' },
      id: { type: 'string' },
      'webhook-url': { type: 'string' },
    },
    USAGE,
  );
  const tenant = required('--tenant', options.tenant, USAGE);
  const type = required('--type', options.type, USAGE);
  const local = readStackFile();
  const id = options.id ?? randomUUID();
  const example = () =>
    options.stack === 'leapocr'
      ? examplePayload(type, id, tenant, virtualNow(local.clockFile) * 1000)
      : catalogExample(options.stack, type);
  const payload = options.file === undefined ? example() : readPayload(options.file);
  const url = options['webhook-url'];
  await sendEvent(local, stackNamed(local, options.stack).eventQueueUrl, {
    event_id: id,
    event_type: type,
    tenant_id: tenant,
    payload,
    ...(url !== undefined && { webhook_url: url }),
  });
  process.stdout.write(`${JSON.stringify({ event_id: id })}\n`);
}

runMain(main);
