import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  EventSourceMappingOptions,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functionCode } from './function-code';

/** Attempts of a batch run side by side, each with a socket of its own. */
const BATCH_SIZE = 10;
/** So far provisioned pollers scale (AWS, "ProvisionedPollerConfig", its default); a minimum is at most as many. */
const POLLERS_MAX = 200;

export interface ConsumeOptions {
  readonly maxConcurrency?: number;
  readonly batchSize?: number;
  /** Kept ready, at least. */
  readonly pollers?: number;
  /** With a batch size above ten Lambda asks for one. */
  readonly window?: Duration;
}

export interface WebhookFunctionProps {
  /** Name of the handler: lambda/HANDLER.lambda.ts. */
  readonly handler: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly environment: { [name: string]: string };
  /**
   * In MiB.
   *
   * @default 512
   */
  readonly memorySize?: number;
  /** Files beside the code. */
  readonly files?: { [name: string]: object };
  /** Paths of files of the platform's own that are copied beside the code, by their names there. */
  readonly copies?: { [name: string]: string };
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** A function of ours: Node.js 24 on arm64, a role of its own that lists its actions, a log group with retention. */
export class WebhookFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: WebhookFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `cdk-webhooks: what the ${props.handler} function may do`,
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: functionCode(props.handler, props.files, props.copies),
      description: props.description,
      memorySize: props.memorySize ?? 512,
      timeout: props.timeout,
      environment: props.environment,
      role,
      logGroup,
      // A delivery passes through queues and functions of ours many times over its retries: Lambda would take that for
      // a loop and drop it after 16 rounds.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
  }

  /** Allows exactly these actions on exactly these resources. */
  public allow(actions: string[], resources: string[]): void {
    this.role!.addToPrincipalPolicy(new PolicyStatement({ effect: Effect.ALLOW, actions, resources }));
  }

  /** Allows exactly these actions on the objects of a bucket under a prefix. */
  public allowObjects(actions: string[], bucket: Bucket, prefix: string): void {
    this.allow(actions, [bucket.arnForObjects(`${prefix}*`)]);
    const stack = Stack.of(bucket);
    const logicalId = stack.resolve(stack.getLogicalId(bucket.node.defaultChild as CfnBucket)) as string;
    Validations.of(this.role!).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`,
      reason:
        'Object keys hold the ids of tenants and events, which are not known at synth; the prefix is the ' +
        'narrowest name there is.',
    });
  }

  /** Allows reading the value of a secret, and using its key where that is the platform's own. */
  public allowSecret(secret: ISecret): void {
    // A secret imported by its name, or without the six random characters that Secrets Manager ends an ARN with, is
    // named by any six.
    const arn = secret.secretFullArn ?? `${secret.secretArn}-??????`;
    this.allow(['secretsmanager:GetSecretValue'], [arn]);
    secret.encryptionKey?.grantDecrypt(this);
    if (secret.secretFullArn === undefined) {
      Validations.of(this.role!).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::${String(Stack.of(this).resolve(arn))}]`,
        reason:
          'The secret is imported without the random end of its ARN; six single-character wildcards stand for ' +
          'it, as in grants of the AWS CDK.',
      });
    }
  }

  /** Runs the function on a queue's messages; what it returns stays in the queue. */
  public consume(
    queue: IQueue,
    { maxConcurrency, batchSize = BATCH_SIZE, pollers, window }: ConsumeOptions = {},
  ): void {
    this.addEventSource(
      new SqsEventSource(queue, {
        batchSize,
        reportBatchItemFailures: true,
        maxConcurrency,
        maxBatchingWindow: window,
        provisionedPollerConfig:
          pollers === undefined ? undefined : { minimumPollers: pollers, maximumPollers: POLLERS_MAX },
      }),
    );
  }

  /** Runs the function on the changes of a table. */
  public consumeStream(streamArn: string, options: EventSourceMappingOptions): void {
    // As AWS asks for (Lambda developer guide, "Process DynamoDB records with Lambda"); the grant of the AWS CDK lists
    // the streams of all tables.
    this.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [streamArn],
    );
    this.addEventSourceMapping('Stream', { eventSourceArn: streamArn, ...options });
  }
}
