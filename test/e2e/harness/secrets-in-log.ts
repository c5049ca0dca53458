/** After a whole end-to-end run: no secret is in any line that a handler or the embedded AWS itself logged. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientConfig } from '../../../local/aws-client';
import { loggedLines } from '../handler-logs';
import { type EmulatorProject, testStack } from './test-stack';

/** Signing secrets, whosever; and JSON Web Tokens, such as portal tokens. */
const KINDS = {
  'signing secret': /whsec_[A-Za-z0-9+/]{43}=/,
  token: /eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}/,
};

/** @throws Error that says which kinds of secrets were logged, and never one of them */
export async function assertNoSecretInLog(project: EmulatorProject): Promise<void> {
  const stack = testStack(project);
  const lines = await loggedLines(stack);
  if (lines.length === 0) throw new Error('no handler has logged a line: no secret in them proves nothing');
  const log = [readFileSync(join(dirname(stack.clockFile), 'emulator.log'), 'utf8'), ...lines].join('\n');
  const client = new SecretsManagerClient(clientConfig(stack));
  const found = Object.entries(KINDS).flatMap(([kind, pattern]) => (pattern.test(log) ? [kind] : []));
  for (const [name, outputs] of Object.entries(stack.stacks)) {
    for (const ring of ['rootKeySecret', 'operatorKeySecret', 'portalKeySecret']) {
      const { SecretString: text = '' } = await client.send(
        new GetSecretValueCommand({ SecretId: String(outputs[ring]) }),
      );
      const keys = Object.values(JSON.parse(text) as Record<string, unknown>).filter(
        (value): value is string => typeof value === 'string' && value.length > 40,
      );
      if (keys.length === 0) throw new Error(`${ring} of ${name} has no keys to look for`);
      if (keys.some((key) => log.includes(key))) found.push(`key of ${ring} of ${name}`);
    }
  }
  if (found.length > 0) throw new Error(`the logs of the ${project} run hold secrets: ${found.join(', ')}`);
}
