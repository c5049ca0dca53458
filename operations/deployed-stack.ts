/** The stack that an operator's command works on: the local one, or one in the account and region of the current credentials. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { clientConfig } from '../local/aws-client';
import { required } from '../local/options';
import { type DeployedStack, deployedStackFrom, readStackFile, stackNamed } from '../local/stack-file';
import { UserError } from '../local/user-error';

export interface OperatedStack {
  /** Of every SDK client. Empty: what the environment says. */
  readonly config: ReturnType<typeof clientConfig> | Record<string, never>;
  readonly outputs: DeployedStack;
}

/** `--stack` and `--aws`, of every command here. */
export const STACK_OPTIONS = { stack: { type: 'string' }, aws: { type: 'boolean', default: false } } as const;

export const STACK_USAGE = `  --stack S      a stack of the running local AWS, such as leapocr; with --aws a CloudFormation stack's name
  --aws          work on AWS, by the credentials and region of the environment`;

/** @throws {UserError} when there is no such stack */
export async function operatedStack(options: { readonly stack?: string | undefined; readonly aws: boolean }, usage: string): Promise<OperatedStack> {
  const name = required('--stack', options.stack, usage);
  if (!options.aws) {
    const local = readStackFile();
    return { config: clientConfig(local), outputs: stackNamed(local, name) };
  }
  const { Stacks: [stack] = [] } = await describe(name);
  const outputs = Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]));
  return { config: {}, outputs: deployedStackFrom(outputs) };
}

async function describe(name: string) {
  try {
    return await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: name }));
  } catch (error) {
    throw new UserError(`The stack "${name}" cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

