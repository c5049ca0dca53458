import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { localFolder } from './paths';
import { UserError } from './user-error';

/** The file that scripts and people read to find the running local stack. Keys are added, never renamed. */
export const STACK_FILE = join(localFolder, 'stack.json');

const deployedStack = z.looseObject({
  eventQueueUrl: z.string(),
  eventDeadLetterQueueUrl: z.string(),
  deliveryDeadLetterQueueUrl: z.string(),
  subscriptionsTable: z.string(),
  eventsTable: z.string(),
  deliveriesTable: z.string(),
  rootKeySecret: z.string(),
  dispatchFunction: z.string(),
  deliverFunction: z.string(),
  /** Of the management API; with `/api/v1`, and on the embedded AWS. */
  apiUrl: z.string(),
  apiId: z.string(),
  /** Works as `X-API-KEY` and as bearer token. */
  operatorApiKey: z.string(),
  operatorKeySecret: z.string(),
  countersTable: z.string(),
  apiFunction: z.string(),
  recoveryFunction: z.string(),
  recoveryQueueUrl: z.string(),
  recoveryDeadLetterQueueUrl: z.string(),
  /** On the embedded AWS; a portal session's token opens it, see portal-link.ts. */
  dashboardUrl: z.string(),
  dashboardFunction: z.string(),
});

const localStack = z.object({
  awsEndpointUrl: z.string(),
  region: z.string(),
  /** Absolute; see virtual-clock.ts. */
  clockFile: z.string(),
  /** The demo receiver's; not there in tests. */
  receiverUrl: z.string().optional(),
  stacks: z.record(z.string(), deployedStack),
});

/** What a deployed stack's outputs say of it, their first letter in lower case, and what is read from it. */
export type DeployedStack = z.infer<typeof deployedStack>;
/** A running embedded AWS and the stacks deployed to it, by profile. */
export type LocalStack = z.infer<typeof localStack>;

/** What CloudFormation's outputs do not say. */
export type ReadFromStack = Pick<DeployedStack, 'apiUrl' | 'dashboardUrl' | 'operatorApiKey'>;

/**
 * A deployed stack from its CloudFormation outputs.
 * @param read takes the place of outputs of its names
 * @throws {Error} that names the outputs which are missing
 */
export function deployedStackFrom(outputs: Record<string, string>, read: ReadFromStack): DeployedStack {
  const named = Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
  const parsed = deployedStack.safeParse({ ...named, ...read });
  if (parsed.success) return parsed.data;
  throw new Error(`the stack has no output for ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`);
}

/** Written whole or not at all. */
export function writeStackFile(stack: LocalStack, file = STACK_FILE): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(stack, undefined, 2)}\n`);
  renameSync(draft, file);
}

/** @throws {UserError} when no local stack runs */
export function readStackFile(file = STACK_FILE): LocalStack {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UserError('No local stack is running. Start one: npm start -- --detach');
  }
  return localStack.parse(JSON.parse(text));
}

export function removeStackFile(file = STACK_FILE): void {
  rmSync(file, { force: true });
}

/** @throws {UserError} that names the stacks there are */
export function stackNamed(stack: LocalStack, name: string): DeployedStack {
  const found = Object.hasOwn(stack.stacks, name) ? stack.stacks[name] : undefined;
  if (found) return found;
  throw new UserError(
    `There is no stack "${name}" in the running local stack; there is ${Object.keys(stack.stacks).join(', ')}.`,
  );
}
