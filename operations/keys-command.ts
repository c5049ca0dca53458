import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { runMain } from '../local/main';
import { parseChoice, parseOptions, required } from '../local/options';
import { UserError } from '../local/user-error';
import { type OperatedStack, operatedStack, STACK_OPTIONS, STACK_USAGE } from './deployed-stack';
import { type ChangedRing, keyNames, parseRing, retired, rotated } from './ring-rotation';

const USAGE = `Usage: npm run keys -- --do list|rotate|retire --ring root|operator|portal --stack S [--key K] [--aws]
  --do           list: the names of the ring's keys. rotate: add a key and make it current; the others stay.
                 retire: take a key away, which ends what it opens
  --ring         root: seals the customers' secrets; it is never retired, for what it sealed would be lost.
                 operator: the management API's own key. portal: signs portal links
${STACK_USAGE}
  --key K        the key to retire, such as k1
Prints one line of JSON. Functions take a changed ring within a minute.`;

const RINGS = ['root', 'operator', 'portal'] as const;
type RingName = (typeof RINGS)[number];

function secretOf({ outputs }: OperatedStack, ring: RingName): string {
  return { root: outputs.rootKeySecret, operator: outputs.operatorKeySecret, portal: outputs.portalKeySecret }[ring];
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), { ...STACK_OPTIONS, do: { type: 'string' }, ring: { type: 'string' }, key: { type: 'string' } }, USAGE);
  const action = parseChoice('--do', required('--do', options.do, USAGE), ['list', 'rotate', 'retire'], USAGE);
  const ring = parseChoice('--ring', required('--ring', options.ring, USAGE), RINGS, USAGE);
  if (action === 'retire' && ring === 'root') throw new UserError("Keys of the root ring are not retired: the customers' secrets that they sealed could not be read any more.");
  const key = action === 'retire' ? required('--key', options.key, USAGE) : '';
  const stack = await operatedStack(options, USAGE);
  const secretId = secretOf(stack, ring);
  const client = new SecretsManagerClient(stack.config);
  const { SecretString: text = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  if (action === 'list') {
    const parsed = parseRing(text);
    process.stdout.write(`${JSON.stringify({ ring, current: parsed.current, keys: keyNames(parsed) })}\n`);
    return;
  }
  const changed: ChangedRing = action === 'rotate' ? rotated(text, randomBytes) : retired(text, key);
  await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: changed.text }));
  process.stdout.write(`${JSON.stringify({ ring, [action === 'rotate' ? 'added' : 'retired']: changed.key, current: parseRing(changed.text).current })}\n`);
}

runMain(main);
