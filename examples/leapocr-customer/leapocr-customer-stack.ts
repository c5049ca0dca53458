import { join } from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { ReceiverScheme, ReceiverTarget, WebhookReceiver } from 'cdk-webhooks';
import type { Construct } from 'constructs';

export interface LeapOcrCustomerStackProps extends StackProps {
  /**
   * Where LeapOCR's API is.
   *
   * @default https://api.leapocr.com
   */
  readonly leapOcrUrl?: string;
  /**
   * What becomes of jobs, results and secrets when the stack is removed.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

const CONSUMER_TIMEOUT = Duration.minutes(2);
/** AWS asks for at least six times the function's timeout (Lambda developer guide, "Using Lambda with Amazon SQS"). */
const VISIBILITY_TIMEOUTS = 6;
/** With the waits between them (retry-delay.ts) about an hour and a quarter: then somebody has to look. */
const MAX_RECEIVE_COUNT = 10;

/**
 * A customer of LeapOCR's: its webhooks are received, verified and queued, and the results of completed jobs are
 * fetched.
 */
export class LeapOcrCustomerStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    {
      leapOcrUrl = 'https://api.leapocr.com',
      removalPolicy = RemovalPolicy.RETAIN,
      ...props
    }: LeapOcrCustomerStackProps = {},
  ) {
    super(scope, id, { description: 'Receives the webhooks of LeapOCR and fetches results', ...props });

    const deadLetters = new Queue(this, 'JobDeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy,
    });
    const jobEvents = new Queue(this, 'JobEvents', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(VISIBILITY_TIMEOUTS * CONSUMER_TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
      removalPolicy,
    });
    deadLetters
      .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' })
      .createAlarm(this, 'JobDeadLettersAlarm', {
        alarmDescription:
          "Events of LeapOCR could not be worked on. Mend what the consumer's log says, then redrive the queue.",
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });

    // Both hold something else than what is generated: see "Set it up" in the README.
    const webhookSecret = new Secret(this, 'WebhookSecret', {
      description: 'The signing secret that LeapOCR shows when the webhook is created',
      removalPolicy,
    });
    const apiKey = new Secret(this, 'ApiKey', { description: 'The key for the API of LeapOCR', removalPolicy });

    const receiver = new WebhookReceiver(this, 'Inbound', {
      scheme: ReceiverScheme.leapOcr(),
      secret: webhookSecret,
      target: ReceiverTarget.queue(jobEvents),
      path: '/leapocr/webhooks',
      removalPolicy,
    });

    const jobs = new Table(this, 'Jobs', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expires_at',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
    const results = new Bucket(this, 'Results', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy,
    });

    const consumer = new NodejsFunction(this, 'Consumer', {
      entry: join(__dirname, 'consumer.lambda.ts'),
      description: 'Fetches the results of completed jobs',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: CONSUMER_TIMEOUT,
      environment: {
        JOB_EVENTS_QUEUE_URL: jobEvents.queueUrl,
        JOB_DEAD_LETTER_QUEUE_URL: deadLetters.queueUrl,
        JOBS_TABLE: jobs.tableName,
        RESULTS_BUCKET: results.bucketName,
        LEAPOCR_URL: leapOcrUrl,
        LEAPOCR_API_KEY_SECRET: apiKey.secretArn,
      },
      bundling: {
        externalModules: [],
        minify: true,
        keepNames: true,
        format: OutputFormat.CJS,
        target: 'node24',
        mainFields: ['module', 'main'],
      },
      logGroup: new LogGroup(this, 'ConsumerLogs', { retention: RetentionDays.ONE_MONTH, removalPolicy }),
    });
    consumer.addEventSource(
      new SqsEventSource(jobEvents, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency: 5 }),
    );
    jobs.grant(consumer, 'dynamodb:GetItem', 'dynamodb:PutItem');
    consumer.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [results.arnForObjects('*')] }),
    );
    deadLetters.grant(consumer, 'sqs:SendMessage');
    apiKey.grantRead(consumer);

    const outputs = {
      WebhookUrl: receiver.url,
      WebhookApiId: receiver.httpApi.apiId,
      WebhookSecretId: webhookSecret.secretArn,
      ApiKeySecretId: apiKey.secretArn,
      JobEventsQueueUrl: jobEvents.queueUrl,
      JobDeadLetterQueueUrl: deadLetters.queueUrl,
      JobsTable: jobs.tableName,
      ResultsBucket: results.bucketName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
