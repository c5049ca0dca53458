import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { tenantIdFault } from '../lambda/core/shared/identifiers';
import { reasonText } from '../lambda/core/shared/reason';
import { deployedProfile } from '../local/deployed-profile';
import { runMain } from '../local/main';
import { parseChoice, parseOptions, required } from '../local/options';
import { UserError } from '../local/user-error';
import { type OperatedStack, operatedStack, STACK_OPTIONS, STACK_USAGE } from './deployed-stack';
import { exportedItem } from './exported-item';
import { eraseTenant, tenantItems, tenantObjects } from './tenant-data';

const USAGE = `Usage: npm run tenant -- --do export|erase --tenant T --stack S [--out FILE] [--yes] [--aws]
  --do           export: all that is kept of the tenant, a line of JSON an item, secrets left out.
                 erase: removes it; again after a while, for deliveries that were on their way leave records
  --tenant T     the tenant, for LeapOCR ORGANIZATION/TEAM
${STACK_USAGE}
  --out FILE     where export writes (default: standard output)
  --yes          erase needs it: nothing brings back what it removes
Both read the tables from end to end. Progress goes to standard error.`;

/** @throws {UserError} for what is no tenant of this stack: half of an id would be many tenants' */
async function checkTenant(tenant: string, { config, outputs }: OperatedStack): Promise<void> {
  const fault = tenantIdFault(tenant, (await deployedProfile(config, outputs)).tenantParts);
  if (fault !== undefined) throw new UserError(`"${tenant}" is not a tenant id. It ${reasonText(fault)}.`);
}

/** The local AWS has no host name a bucket. */
function s3Client({ config }: OperatedStack): S3Client {
  return new S3Client({ ...config, forcePathStyle: 'endpoint' in config });
}

async function exportTenant(tenant: string, stack: OperatedStack, file: string | undefined): Promise<void> {
  const tables = stack.outputs;
  const out = file === undefined ? process.stdout : createWriteStream(file, { flags: 'wx', mode: 0o600 });
  const failed = once(out, 'error').then(([error]: unknown[]) =>
    Promise.reject(new UserError(`${file} cannot be written: ${(error as Error).message}`)),
  );
  const write = async (line: unknown): Promise<void> => {
    if (!out.write(`${JSON.stringify(line)}\n`)) await Promise.race([once(out, 'drain'), failed]);
  };
  const work = async (): Promise<void> => {
    const found: Record<string, number> = {};
    for await (const page of tenantItems(tenant, tables, new DynamoDBClient(stack.config))) {
      for (const item of page) {
        found[item.kind] = (found[item.kind] ?? 0) + 1;
        await write(exportedItem(item));
      }
      process.stderr.write(`\r${JSON.stringify(found)}`);
    }
    const s3 = s3Client(stack);
    for await (const keys of tenantObjects(tenant, tables, s3)) {
      for (const key of keys) {
        const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: tables.payloadBucket, Key: key }));
        await write({ kind: 'payload', key, payload: (await body?.transformToString()) ?? '' });
      }
    }
    process.stderr.write('\n');
  };
  await Promise.race([work(), failed]);
  if (file !== undefined)
    await Promise.race([
      new Promise<void>((resolve) => {
        out.end(() => resolve());
      }),
      failed,
    ]);
}

async function main(): Promise<void> {
  const options = parseOptions(
    process.argv.slice(2),
    {
      ...STACK_OPTIONS,
      do: { type: 'string' },
      tenant: { type: 'string' },
      out: { type: 'string' },
      yes: { type: 'boolean', default: false },
    },
    USAGE,
  );
  const action = parseChoice('--do', required('--do', options.do, USAGE), ['export', 'erase'], USAGE);
  const tenant = required('--tenant', options.tenant, USAGE);
  if (action === 'erase' && !options.yes)
    throw new UserError(
      `erase removes all subscriptions, events and deliveries of "${tenant}" for good. Export first; then say --yes.`,
    );
  const stack = await operatedStack(options, USAGE);
  await checkTenant(tenant, stack);
  if (action === 'export') return exportTenant(tenant, stack, options.out);
  const clients = { dynamodb: new DynamoDBClient(stack.config), s3: s3Client(stack) };
  const erased = await eraseTenant(
    tenant,
    stack.outputs,
    clients,
    (soFar) => void process.stderr.write(`\r${JSON.stringify(soFar)}`),
  );
  process.stderr.write('\n');
  process.stdout.write(`${JSON.stringify({ tenant, erased })}\n`);
}

runMain(main);
