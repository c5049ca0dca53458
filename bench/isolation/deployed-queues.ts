/** The queues and functions of the LeapOCR stack as its synthesized template has them. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { WebhookProfile, WebhookSender } from '../../lib';

/** A queue and the event source that reads it. */
export interface DeployedQueue {
  /** Its construct's id, such as `DeliveryQueue` or `RetryTier1`. */
  readonly name: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** Absent: as many as Lambda scales to. */
  readonly maximumConcurrency?: number;
  readonly visibilitySeconds: number;
  readonly functionTimeoutSeconds: number;
}

export interface DeployedSender {
  readonly queues: readonly DeployedQueue[];
  /** As the functions get it. */
  readonly profile: string;
}

interface Resource {
  readonly Properties: {
    readonly BatchSize?: number;
    readonly MaximumBatchingWindowInSeconds?: number;
    readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
    readonly EventSourceArn?: { readonly 'Fn::GetAtt': readonly [string, string] };
    readonly FunctionName?: { readonly Ref: string };
    readonly VisibilityTimeout?: number;
    readonly Timeout?: number;
    readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
  };
}

/** Needs the bundled functions in assets/. */
export function deployedSender(): DeployedSender {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-webhooks-bench-')) });
  const stack = new Stack(app, 'Bench');
  new WebhookSender(stack, 'Sender', { profile: WebhookProfile.leapOcr() });
  const { template } = app.synth().getStackByName('Bench') as { template: { Resources: Record<string, Resource> } };
  const constructs = new Map(
    stack.node
      .findAll()
      .flatMap((construct) =>
        construct instanceof CfnResource ? [[String(stack.resolve(construct.logicalId)), construct] as const] : [],
      ),
  );
  const sources = [...constructs]
    .filter(([, { cfnResourceType }]) => cfnResourceType === 'AWS::Lambda::EventSourceMapping')
    .map(([id]) => template.Resources[id]!.Properties);
  const queues = sources.map((source) => {
    const queueId = source.EventSourceArn!['Fn::GetAtt'][0];
    const maximumConcurrency = source.ScalingConfig?.MaximumConcurrency;
    return {
      name: constructs.get(queueId)!.node.path.split('/').at(-2)!,
      batchSize: source.BatchSize!,
      windowSeconds: source.MaximumBatchingWindowInSeconds ?? 0,
      ...(maximumConcurrency !== undefined && { maximumConcurrency }),
      visibilitySeconds: template.Resources[queueId]!.Properties.VisibilityTimeout!,
      functionTimeoutSeconds: template.Resources[source.FunctionName!.Ref]!.Properties.Timeout!,
    };
  });
  const [deliver] = [...constructs]
    .filter(([, { node }]) => node.path.endsWith('/Deliver/Resource'))
    .map(([id]) => template.Resources[id]!.Properties.Environment!.Variables);
  return { queues, profile: deliver!.WEBHOOK_PROFILE as string };
}
