import { join } from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { type EndpointPolicy, WebhookApi, WebhookProfile, WebhookSender } from 'cdk-webhooks';
import type { Construct } from 'constructs';

export interface DocumentApiStackProps extends StackProps {
  /**
   * Which webhook URLs customers may name.
   *
   * @default EndpointPolicy.production()
   */
  readonly endpointPolicy?: EndpointPolicy;
  /**
   * What becomes of documents, keys and queues when the stack is removed.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * What APIs are under, by their ids, where the names that API Gateway gives them lead nowhere: on the embedded AWS.
   */
  readonly executeApiUrl?: string;
  /**
   * A page that says what errors mean; `doc_url` of an error is this, `#` and its code.
   *
   * @default - errors have no `doc_url`
   */
  readonly errorDocsUrl?: string;
}

/** How long a document, its file and its result are kept. */
const RETENTION = Duration.days(30);
const RECOGNITION_TIMEOUT = Duration.minutes(2);
/** AWS asks for at least these (Lambda developer guide, "Using Lambda with Amazon SQS"). */
const VISIBILITY_TIMEOUTS = 6;
const MAX_RECEIVE_COUNT = 5;

/**
 * Rekognita's document API: documents come in by HTTP, a recognizer reads them, and what becomes of them goes to the
 * `webhook_url` of each.
 */
export class DocumentApiStack extends Stack {
  private readonly removalPolicy: RemovalPolicy;

  constructor(
    scope: Construct,
    id: string,
    {
      endpointPolicy,
      removalPolicy = RemovalPolicy.RETAIN,
      executeApiUrl,
      errorDocsUrl,
      ...props
    }: DocumentApiStackProps = {},
  ) {
    super(scope, id, { description: "Rekognita's document API, its webhooks sent by cdk-webhooks", ...props });
    this.removalPolicy = removalPolicy;

    const sender = new WebhookSender(this, 'Webhooks', {
      profile: WebhookProfile.rekognita({ endpointPolicy }),
      removalPolicy,
    });
    const webhookApi = new WebhookApi(this, 'WebhookApi', { sender });

    const apiKeys = this.table('ApiKeys', 'key_digest');
    const documents = this.table('Documents', 'account_id', 'document_id');
    const files = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: RETENTION }],
      removalPolicy,
    });
    const deadLetters = new Queue(this, 'RecognitionDeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy,
    });
    const recognition = new Queue(this, 'Recognition', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(VISIBILITY_TIMEOUTS * RECOGNITION_TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
      removalPolicy,
    });
    const stored = { DOCUMENTS_TABLE: documents.tableName, FILES_BUCKET: files.bucketName };

    const api = this.function('documents', 'Takes documents and says how they stand', Duration.seconds(29), {
      ...stored,
      API_KEYS_TABLE: apiKeys.tableName,
      RECOGNITION_QUEUE_URL: recognition.queueUrl,
      RETENTION_SECONDS: String(RETENTION.toSeconds()),
      WEBHOOK_API_URL:
        executeApiUrl === undefined ? webhookApi.apiUrl : `${executeApiUrl}/${webhookApi.httpApi.apiId}/api/v1`,
      WEBHOOK_OPERATOR_KEY_SECRET: webhookApi.operatorKey.secretArn,
      ...(errorDocsUrl !== undefined && { ERROR_DOCS_URL: errorDocsUrl }),
    });
    apiKeys.grant(api, 'dynamodb:GetItem');
    documents.grant(api, 'dynamodb:GetItem', 'dynamodb:PutItem');
    api.addToRolePolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [files.arnForObjects('*')] }));
    recognition.grant(api, 'sqs:SendMessage');
    webhookApi.operatorKey.grantRead(api);

    const recognizer = this.function(
      'recognizer',
      'Reads documents and says what became of them',
      RECOGNITION_TIMEOUT,
      { ...stored, WEBHOOK_EVENTS_QUEUE_URL: sender.eventQueue.queueUrl },
    );
    recognizer.addEventSource(
      new SqsEventSource(recognition, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency: 20 }),
    );
    documents.grant(recognizer, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    recognizer.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [files.arnForObjects('*')] }),
    );
    sender.grantPublish(recognizer);

    const integration = new HttpLambdaIntegration('DocumentsIntegration', api);
    const httpApi = new HttpApi(this, 'DocumentApi', { createDefaultStage: false, defaultIntegration: integration });
    httpApi.addRoutes({ path: '/v1/documents', methods: [HttpMethod.POST], integration });
    httpApi.addRoutes({ path: '/v1/documents/{document_id}', methods: [HttpMethod.GET], integration });
    new HttpStage(this, 'Stage', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 200 },
    });

    new CfnOutput(this, 'ApiUrl', {
      value: executeApiUrl === undefined ? httpApi.apiEndpoint : `${executeApiUrl}/${httpApi.apiId}`,
    });
    new CfnOutput(this, 'ApiKeysTable', { value: apiKeys.tableName });
    new CfnOutput(this, 'DocumentsTable', { value: documents.tableName });
    new CfnOutput(this, 'FilesBucket', { value: files.bucketName });
    new CfnOutput(this, 'WebhookApiUrl', {
      value: executeApiUrl === undefined ? webhookApi.apiUrl : `${executeApiUrl}/${webhookApi.httpApi.apiId}/api/v1`,
    });
    new CfnOutput(this, 'WebhookOperatorKeySecret', { value: webhookApi.operatorKey.secretArn });
  }

  /** On demand; its items end at their `expires_at`, where they have one. */
  private table(id: string, partitionKey: string, sortKey?: string): Table {
    return new Table(this, id, {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      ...(sortKey !== undefined && { sortKey: { name: sortKey, type: AttributeType.STRING } }),
      timeToLiveAttribute: 'expires_at',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: this.removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy: this.removalPolicy,
    });
  }

  /**
   * The function of `NAME.lambda.ts`, bundled by esbuild with the AWS SDK in it: the version that was tested is the one
   * that runs.
   */
  private function(
    name: string,
    description: string,
    timeout: Duration,
    environment: Record<string, string>,
  ): NodejsFunction {
    const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}Function`;
    return new NodejsFunction(this, id, {
      entry: join(__dirname, `${name}.lambda.ts`),
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 1024,
      timeout,
      environment,
      bundling: {
        externalModules: [],
        minify: true,
        keepNames: true,
        format: OutputFormat.CJS,
        target: 'node24',
        mainFields: ['module', 'main'],
      },
      logGroup: new LogGroup(this, `${id}Logs`, {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: this.removalPolicy,
      }),
    });
  }
}
