/**
 * The stack that an operator's command works on: the local one, or one in the account and region of the current
 * credentials.
 */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { z } from 'zod';
import { clientConfig } from '../local/aws-client';
import { required } from '../local/options';
import { readStackFile, stackNamed } from '../local/stack-file';
import { UserError } from '../local/user-error';

/** Outputs of bin/platform-stack.ts, their first letter in lower case. */
const outputs = z.object({
  rootKeySecret: z.string(),
  operatorKeySecret: z.string(),
  portalKeySecret: z.string(),
  subscriptionsTable: z.string(),
  eventsTable: z.string(),
  deliveriesTable: z.string(),
  countersTable: z.string(),
  payloadBucket: z.string(),
  deliverFunction: z.string(),
});

export interface OperatedStack {
  /** Of every SDK client. Empty: what the environment says. */
  readonly config: ReturnType<typeof clientConfig> | Record<string, never>;
  readonly outputs: z.infer<typeof outputs>;
}

/** `--stack` and `--aws`, of every command here. */
export const STACK_OPTIONS = { stack: { type: 'string' }, aws: { type: 'boolean', default: false } } as const;

export const STACK_USAGE = `  --stack S      a stack of the running local AWS, such as leapocr; with --aws, the name of
                 a CloudFormation stack
  --aws          work on AWS, by the credentials and region of the environment`;

/** @throws {UserError} when there is no such stack, or it lacks an output */
export async function operatedStack(
  options: { readonly stack?: string | undefined; readonly aws: boolean },
  usage: string,
): Promise<OperatedStack> {
  const name = required('--stack', options.stack, usage);
  if (options.aws) return { config: {}, outputs: parseOutputs(name, await outputsOnAws(name)) };
  const local = readStackFile();
  return { config: clientConfig(local), outputs: parseOutputs(name, stackNamed(local, name)) };
}

function parseOutputs(name: string, found: Record<string, unknown>): OperatedStack['outputs'] {
  const result = outputs.safeParse(found);
  if (result.success) return result.data;
  const missing = result.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new UserError(
    `The stack "${name}" has no output for ${missing}. Give it those of bin/platform-stack.ts, and deploy it ` +
      'by this version.',
  );
}

async function outputsOnAws(name: string): Promise<Record<string, string>> {
  try {
    const { Stacks: [stack] = [] } = await new CloudFormationClient({}).send(
      new DescribeStacksCommand({ StackName: name }),
    );
    return Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey: key = '', OutputValue: value = '' }) => [
        key.charAt(0).toLowerCase() + key.slice(1),
        value,
      ]),
    );
  } catch (error) {
    throw new UserError(
      `The stack "${name}" cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
