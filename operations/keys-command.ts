import { randomBytes } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
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

/**
 * Compare and set: the new version comes under a stage of its own, and becomes the current one if that is still the one
 * that was read. Two rotations at once would else drop a key that may have sealed something.
 */
async function replace(
  client: SecretsManagerClient,
  secretId: string,
  text: string,
  seen: string | undefined,
): Promise<void> {
  const { VersionId: added } = await client.send(
    new PutSecretValueCommand({
      SecretId: secretId,
      SecretString: text,
      VersionStages: [`cdk-webhooks-${randomBytes(6).toString('hex')}`],
    }),
  );
  try {
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: 'AWSCURRENT',
        RemoveFromVersionId: seen,
        MoveToVersionId: added,
      }),
    );
  } catch (error) {
    throw new UserError(
      'The ring was changed by somebody else at the same moment; nothing was done. Run it again. ' +
        `(${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

async function main(): Promise<void> {
  const options = parseOptions(
    process.argv.slice(2),
    { ...STACK_OPTIONS, do: { type: 'string' }, ring: { type: 'string' }, key: { type: 'string' } },
    USAGE,
  );
  const action = parseChoice('--do', required('--do', options.do, USAGE), ['list', 'rotate', 'retire'], USAGE);
  const ring = parseChoice('--ring', required('--ring', options.ring, USAGE), RINGS, USAGE);
  if (action === 'retire' && ring === 'root')
    throw new UserError(
      "Keys of the root ring are not retired: the customers' secrets that they sealed could not be read any more.",
    );
  const key = action === 'retire' ? required('--key', options.key, USAGE) : '';
  const stack = await operatedStack(options, USAGE);
  const secretId = secretOf(stack, ring);
  const client = new SecretsManagerClient(stack.config);
  const { SecretString: text = '', VersionId: version } = await client.send(
    new GetSecretValueCommand({ SecretId: secretId }),
  );
  if (action === 'list') {
    const parsed = parseRing(text);
    process.stdout.write(`${JSON.stringify({ ring, current: parsed.current, keys: keyNames(parsed) })}\n`);
    return;
  }
  const changed: ChangedRing = action === 'rotate' ? rotated(text, randomBytes) : retired(text, key);
  await replace(client, secretId, changed.text, version);
  const result = { [action === 'rotate' ? 'added' : 'retired']: changed.key };
  process.stdout.write(`${JSON.stringify({ ring, ...result, current: parseRing(changed.text).current })}\n`);
}

runMain(main);
