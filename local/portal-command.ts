import { DEMO_TENANTS } from './demo';
import { runMain } from './main';
import { parseArguments, usageError } from './options';
import { openPortal } from './portal-link';
import { readStackFile, stackNamed } from './stack-file';

const USAGE = `Usage: npm run -s portal -- [STACK [TENANT]]
  STACK    the stack whose dashboard to open (default leapocr)
  TENANT   whose webhooks to see (default: ${Object.entries(DEMO_TENANTS)
    .map(([stack, tenant]) => `${tenant} of ${stack}`)
    .join(', ')})
Prints a link that opens it for an hour.`;

async function main(): Promise<void> {
  const [name = 'leapocr', tenant = DEMO_TENANTS[name], ...more] = parseArguments(process.argv.slice(2), USAGE);
  if (more.length > 0) throw usageError(`There are too many arguments: ${more.join(' ')}`, USAGE);
  const stack = stackNamed(readStackFile(), name);
  if (tenant === undefined) throw usageError(`${name} has no tenant of its own to show; name one`, USAGE);
  process.stdout.write(`${await openPortal(stack, tenant)}\n`);
}

runMain(main);
