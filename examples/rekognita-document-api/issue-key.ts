/**
 * Makes an API key and prints it, once:
 * `npm run -s issue-key -- --table TABLE --account acct_1 --scopes documents:read,documents:write`. TABLE is the
 * stack's output ApiKeysTable. To take a key away, delete its item.
 */
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ApiKeys } from './api-keys';

async function main(): Promise<void> {
  const { table, account, scopes } = parseArgs({
    options: {
      table: { type: 'string' },
      account: { type: 'string' },
      scopes: { type: 'string', default: 'documents:read,documents:write' },
    },
  }).values;
  if (table === undefined || account === undefined) throw new RangeError('--table and --account are needed');
  console.log(await new ApiKeys(new DynamoDBClient(), table).issue(account, scopes.split(',')));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
