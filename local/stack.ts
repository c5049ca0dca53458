import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cdkEnvironment, runCdk, type CdkTarget } from './cdk';
import type { Emulator } from './emulator';
import { operatorApiKey } from './operator-key';
import { nodeExecutable, projectRoot, tsxLoader } from './paths';
import { CommandFailed, runCommand } from './process-group';
import { lastLines } from './setup/network.cjs';
import { deployedStackFrom, type DeployedStack } from './stack-file';
import { UserError } from './user-error';

/** Bootstrap takes 3-9 s and a deploy of a hundred resources 5 s; a deploy that hangs never ends by itself. */
const BUNDLE_LIMIT_MS = 120_000;
const BOOTSTRAP_LIMIT_MS = 120_000;
const DEPLOY_LIMIT_MS = 180_000;

export type EndpointPolicyName = 'production' | 'development';

export interface DeployOptions {
  /** Profiles, as bin/app.ts's context `stacks` names them. */
  readonly stacks: readonly string[];
  readonly endpointPolicy: EndpointPolicyName;
  /** Name servers that the deployed functions ask; default: the machine's. */
  readonly nameServers?: readonly string[];
  /** For the synthesized app and the logs. */
  readonly folder: string;
  /** Called around each step; it must run `work`. */
  readonly step: <T>(label: string, work: () => Promise<T>) => Promise<T>;
  readonly signal?: AbortSignal;
}

/** The CloudFormation stack of a profile. */
export function stackName(profile: string): string {
  return `cdk-webhooks-${profile}`;
}

async function bundleHandlers(folder: string, signal?: AbortSignal): Promise<void> {
  const logFile = join(folder, 'bundle.log');
  try {
    await runCommand(nodeExecutable, ['--import', tsxLoader, join(projectRoot, 'build', 'bundle.ts')], {
      cwd: projectRoot,
      env: process.env,
      logFile,
      timeLimitMs: BUNDLE_LIMIT_MS,
      ...(signal && { signal }),
    });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new UserError(
      `Bundling the handlers ${error.reason}:\n${lastLines(error.output, 15)}\n  Full log: ${logFile}`,
    );
  }
}

/**
 * Bundles the handlers, bootstraps the emulator and deploys bin/app.ts to it by the CDK CLI.
 * @returns the deployed stacks by profile
 * @throws {UserError} with the last lines of whatever failed
 */
export async function deploy(emulator: Emulator, options: DeployOptions): Promise<Record<string, DeployedStack>> {
  const { stacks, endpointPolicy, nameServers, folder, step, signal } = options;
  const target: CdkTarget = { awsEndpointUrl: emulator.awsEndpointUrl, region: emulator.region, folder };
  const context = [
    '--context',
    `stacks=${stacks.join(',')}`,
    '--context',
    `endpointPolicy=${endpointPolicy}`,
    ...(nameServers === undefined ? [] : ['--context', `nameServers=${nameServers.join(',')}`]),
  ];
  await step('Handlers bundled', () => bundleHandlers(folder, signal));
  await step('CDK bootstrap', () =>
    runCdk(['bootstrap', cdkEnvironment(emulator.region), ...context], target, BOOTSTRAP_LIMIT_MS, signal),
  );
  const outputsFile = join(folder, 'outputs.json');
  const names = stacks.map(stackName);
  await step(`CDK deploy ${names.join(' ')}`, () =>
    runCdk(
      [
        'deploy',
        ...names,
        '--require-approval',
        'never',
        '--progress',
        'events',
        '--outputs-file',
        outputsFile,
        ...context,
      ],
      target,
      DEPLOY_LIMIT_MS,
      signal,
    ),
  );

  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  return Object.fromEntries(
    await Promise.all(
      stacks.map(
        async (profile) => [profile, await deployedStack(emulator, outputs[stackName(profile)] ?? {})] as const,
      ),
    ),
  );
}

/**
 * The name that AWS gives an API does not lead to the emulator; its URL there does. The dashboard asks for all it needs
 * relative to its own address, so it does not mind the path before it.
 */
async function deployedStack(emulator: Emulator, outputs: Record<string, string>): Promise<DeployedStack> {
  const { ApiId: apiId, OperatorKeySecret: secret } = outputs;
  if (apiId === undefined || secret === undefined)
    throw new Error('the stack has no outputs ApiId and OperatorKeySecret');
  const origin = `${emulator.awsEndpointUrl}/_aws/execute-api/${apiId}`;
  return deployedStackFrom(outputs, {
    apiUrl: `${origin}/api/v1`,
    dashboardUrl: `${origin}/portal`,
    operatorApiKey: await operatorApiKey(emulator, secret),
  });
}
