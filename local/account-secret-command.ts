import { accountSecret } from './account-secret';
import { runMain } from './main';
import { parseOptions, required } from './options';
import { readStackFile, stackNamed } from './stack-file';

const USAGE = `Usage: npm run account-secret -- --tenant T [--stack S]
  --tenant T   whose secret it is
  --stack S    the stack (default rekognita)
Prints {"secret"} as one line of JSON: what signs deliveries to the URLs that the tenant's events name.`;

async function main(): Promise<void> {
  const options = parseOptions(
    process.argv.slice(2),
    { stack: { type: 'string', default: 'rekognita' }, tenant: { type: 'string' } },
    USAGE,
  );
  const local = readStackFile();
  const secret = await accountSecret(
    local,
    stackNamed(local, options.stack),
    required('--tenant', options.tenant, USAGE),
  );
  process.stdout.write(`${JSON.stringify({ secret })}\n`);
}

runMain(main);
