/**
 * Every function of the constructs as it would be deployed: its code with what is put beside it at synth, and its
 * environment.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  ReceiverScheme,
  ReceiverTarget,
  WebhookApi,
  WebhookDashboard,
  WebhookProfile,
  WebhookReceiver,
  WebhookSender,
} from '../lib';

export interface DeployedFunction {
  /** Of lambda/NAME.lambda.ts. */
  readonly handler: string;
  readonly codeFolder: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface FunctionResource {
  readonly Type: string;
  readonly Properties: {
    readonly Code: { readonly S3Key: string };
    readonly Description: string;
    readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
  };
  readonly Metadata: { readonly 'aws:asset:path': string };
}

const HANDLERS: Readonly<Record<string, string>> = {
  Dispatch: 'dispatch',
  Deliver: 'deliver',
  Wait: 'wait',
  Api: 'api',
  Recovery: 'recovery',
  Statistics: 'statistics',
  Page: 'dashboard',
  Receiver: 'receiver',
};

/**
 * References to what is known only when deployed are names of no matter.
 *
 * @param values take the place of an environment's
 * @param profile LeapOCR's, unless given
 */
export function deployedFunctions(
  values: Readonly<Record<string, string>> = {},
  profile = WebhookProfile.leapOcr(),
): DeployedFunction[] {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-webhooks-bench-'));
  const app = new App({ outdir, context: { 'aws:cdk:enable-asset-metadata': true } });
  const stack = new Stack(app, 'Bench');
  const sender = new WebhookSender(stack, 'Sender', { profile });
  const api = new WebhookApi(stack, 'Api', { sender });
  new WebhookDashboard(stack, 'Dashboard', { api, name: 'Bench' });
  new WebhookReceiver(stack, 'Receiver', {
    scheme: ReceiverScheme.leapOcr(),
    secret: api.operatorKey,
    target: ReceiverTarget.queue(new Queue(stack, 'Target')),
  });
  const { template } = app.synth().getStackByName('Bench') as {
    template: { Resources: Record<string, FunctionResource> };
  };
  return stack.node.findAll().flatMap((construct) => {
    if (!(construct instanceof CfnResource) || construct.cfnResourceType !== 'AWS::Lambda::Function') return [];
    const resource = template.Resources[String(stack.resolve(construct.logicalId))]!;
    const variables = Object.entries(resource.Properties.Environment?.Variables ?? {});
    return [
      {
        handler: HANDLERS[construct.node.path.split('/').at(-2)!]!,
        codeFolder: join(outdir, resource.Metadata['aws:asset:path']),
        environment: Object.fromEntries(variables.map(([name, value]) => [name, values[name] ?? known(value)])),
      },
    ];
  });
}

/** A value as text, with `x` for what only a deploy knows. */
function known(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return join === undefined ? 'x' : join[1].map(known).join(join[0]);
}
