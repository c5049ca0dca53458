/** Deploys an example to the embedded AWS of the e2e project, as its README says. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCdk } from '../../local/cdk';
import { projectRoot } from '../../local/paths';
import { testStack } from './harness/test-stack';

const DEPLOY_LIMIT_MS = 120_000;
/** What a test's beforeAll that deploys may take. */
export const DEPLOYING_MS = DEPLOY_LIMIT_MS + 10_000;

export const EXAMPLES = join(projectRoot, 'examples');

export interface DeployExampleOptions {
  /** @default - the example's own */
  readonly appFolder?: string;
  /** For the app, besides the URL of the embedded AWS as `local`. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * @param name of its folder and its stack
 * @returns the stack's outputs
 */
export async function deployExample<Output extends string>(
  name: string,
  { appFolder = join(EXAMPLES, name), context = {} }: DeployExampleOptions = {},
): Promise<Record<Output, string>> {
  const { awsEndpointUrl, region, clockFile } = testStack('e2e');
  const folder = join(dirname(clockFile), name);
  const outputsFile = join(folder, 'outputs.json');
  const contexts = Object.entries({ local: awsEndpointUrl, ...context }).flatMap(([key, value]) => [
    '--context',
    `${key}=${value}`,
  ]);
  const args = [
    'deploy',
    name,
    '--require-approval',
    'never',
    '--progress',
    'events',
    '--outputs-file',
    outputsFile,
    ...contexts,
  ];
  await runCdk(args, { awsEndpointUrl, region, folder, appFolder }, DEPLOY_LIMIT_MS);
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<Output, string>>;
  const found = outputs[name];
  if (found === undefined) throw new Error(`the stack ${name} has no outputs`);
  return found;
}
