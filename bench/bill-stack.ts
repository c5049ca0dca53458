/**
 * What a stack costs while nothing happens, and what a month of its traffic needs to know of it: counted from its
 * template, in which every type of resource has to be known here.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { readContext } from '../bin/context';
import { PlatformStack } from '../bin/platform-stack';
import type { Platform } from '../bin/profiles';
import { parseProfile } from '../lambda/core/shared/profile';
import { PRICES } from './prices';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}
export type Resources = Readonly<Record<string, Resource>>;

/** A line of the floor. */
export interface FloorLine {
  readonly what: string;
  readonly count: number;
  readonly dollars: number;
}

export interface StackFacts {
  readonly platform: Platform;
  readonly floor: readonly FloorLine[];
  /** Names of custom metrics; each has one set of dimensions, the service, which is the stack's. */
  readonly metrics: readonly string[];
  /** How long things are kept, and whether they are backed up meanwhile. */
  readonly kept: {
    readonly eventDays: number;
    readonly deliveryDays: number;
    readonly objectDays: number;
    readonly eventsBackedUp: boolean;
    readonly deliveriesBackedUp: boolean;
  };
}

/** Billed by use alone, or not at all: nothing while nothing happens. */
const BY_USE = new Set([
  ...['Queue', 'QueuePolicy'].map((name) => `AWS::SQS::${name}`),
  ...['EventBus', 'Rule'].map((name) => `AWS::Events::${name}`),
  'AWS::DynamoDB::Table',
  ...['Bucket', 'BucketPolicy'].map((name) => `AWS::S3::${name}`),
  ...['LogGroup', 'ResourcePolicy', 'QueryDefinition'].map((name) => `AWS::Logs::${name}`),
  ...['Role', 'Policy', 'ManagedPolicy'].map((name) => `AWS::IAM::${name}`),
  ...['Function', 'Permission', 'EventInvokeConfig', 'Alias', 'Version'].map((name) => `AWS::Lambda::${name}`),
  ...['Api', 'Integration', 'Route', 'Stage', 'DomainName', 'ApiMapping', 'Authorizer'].map(
    (name) => `AWS::ApiGatewayV2::${name}`,
  ),
]);

/** @throws Error for a type of resource, or an event source, of which it is not known here what it costs */
export function idleFloor(resources: Resources): FloorLine[] {
  const lines = new Map<string, FloorLine>();
  const add = (what: string, count: number, each: number): void => {
    const before = lines.get(what) ?? { what, count: 0, dollars: 0 };
    lines.set(what, { what, count: before.count + count, dollars: before.dollars + count * each });
  };
  for (const [id, resource] of Object.entries(resources)) {
    const { Type: type, Properties: properties = {} } = resource;
    if (BY_USE.has(type)) continue;
    switch (type) {
      case 'AWS::Lambda::EventSourceMapping':
        if (sourceOf(resource, resources) === 'AWS::SQS::Queue')
          add('queues that functions poll', 1, PRICES.idleSourceMonth);
        else add('streams that functions poll', 1, PRICES.dynamoStreamRead);
        break;
      case 'AWS::CloudWatch::Alarm':
        add("alarms' metrics", metricsOf(properties), PRICES.alarmMonth);
        break;
      case 'AWS::CloudWatch::Dashboard':
        add('dashboards', 1, PRICES.dashboardMonth);
        break;
      case 'AWS::SecretsManager::Secret':
        add('secrets', 1, PRICES.secretMonth);
        break;
      case 'AWS::KMS::Key':
        add('keys of KMS', 1, PRICES.kmsKeyMonth);
        break;
      default:
        throw new Error(
          `what ${id} of type ${type} costs while nothing happens is not known; say so in bench/bill-stack.ts`,
        );
    }
  }
  return [...lines.values()];
}

/** Type of what an event source mapping reads. */
function sourceOf({ Properties: properties = {} }: Resource, resources: Resources): string {
  if (properties.ProvisionedPollerConfig !== undefined)
    throw new Error('provisioned pollers bill by the hour, which bench/bill-stack.ts does not know of');
  const [id = '', attribute = ''] =
    (properties.EventSourceArn as { readonly 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt'] ?? [];
  const type = resources[id]?.Type;
  if (type === 'AWS::SQS::Queue' || (type === 'AWS::DynamoDB::Table' && attribute === 'StreamArn')) return type;
  throw new Error(
    `an event source of which it is not known what it costs: ${JSON.stringify(properties.EventSourceArn)}`,
  );
}

/** An alarm on an expression is billed for each metric in it. */
function metricsOf({ Metrics: metrics }: { readonly Metrics?: unknown }): number {
  return Array.isArray(metrics)
    ? metrics.filter((metric) => (metric as { readonly MetricStat?: unknown }).MetricStat !== undefined).length
    : 1;
}

/** What a bundled handler counts, by the calls of InvocationMetrics that are in its code: names are texts there. */
export function metricNames(code: string): string[] {
  return [...new Set([...code.matchAll(/\.(?:count|latencies)\("([A-Z][A-Za-z]+)"/g)].map(([, name]) => name!))];
}

/** @param platform as `cdk deploy` makes its stack without any context */
export function stackFacts(platform: Platform): StackFacts {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-webhooks-bill-'));
  const app = new App({ outdir, context: { 'aws:cdk:enable-asset-metadata': true } });
  new PlatformStack(app, 'Bill', { platform, ...readContext(app.node) });
  const { Resources: resources } = app.synth().getStackByName('Bill').template as { readonly Resources: Resources };
  const functions = ofType(resources, 'AWS::Lambda::Function');
  const settings = functions
    .map(
      ({ Properties: properties }) =>
        (properties!.Environment as { readonly Variables?: Readonly<Record<string, unknown>> } | undefined)?.Variables
          ?.WEBHOOK_PROFILE,
    )
    .find((value) => typeof value === 'string');
  const { eventTtlSeconds, deliveryTtlSeconds } = parseProfile(settings ?? '');
  const rules = ofType(resources, 'AWS::S3::Bucket').flatMap(
    ({ Properties: properties }) =>
      (properties!.LifecycleConfiguration as { readonly Rules: readonly { readonly ExpirationInDays: number }[] })
        .Rules,
  );
  return {
    platform,
    floor: idleFloor(resources),
    metrics: [
      ...new Set(
        functions.flatMap(({ Metadata: metadata }) =>
          metricNames(readFileSync(join(outdir, metadata!['aws:asset:path'] as string, 'index.js'), 'utf8')),
        ),
      ),
    ].sort(),
    kept: {
      eventDays: eventTtlSeconds / 86_400,
      deliveryDays: deliveryTtlSeconds / 86_400,
      objectDays: Math.max(...rules.map(({ ExpirationInDays: days }) => days)),
      eventsBackedUp: isBackedUp(resources, 'WebhooksEvents'),
      deliveriesBackedUp: isBackedUp(resources, 'WebhooksDeliveries'),
    },
  };
}

function ofType(resources: Resources, type: string): Resource[] {
  return Object.values(resources).filter(({ Type: each }) => each === type);
}

/** @param name of a table's logical id, before the hash of eight that CDK ends it with */
function isBackedUp(resources: Resources, name: string): boolean {
  const table = Object.entries(resources).find(
    ([id, { Type: type }]) => type === 'AWS::DynamoDB::Table' && id.slice(0, -8) === name,
  );
  if (table === undefined) throw new Error(`the stack has no table ${name}`);
  const { PointInTimeRecoverySpecification: recovery } = table[1].Properties as {
    readonly PointInTimeRecoverySpecification?: { readonly PointInTimeRecoveryEnabled?: boolean };
  };
  return recovery?.PointInTimeRecoveryEnabled === true;
}
