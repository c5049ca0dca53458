import { RemovalPolicy } from 'aws-cdk-lib';
import { DomainName, HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accessLogFormat } from './access-log';

const RATE_LIMIT = 200;
const BURST_LIMIT = 400;

export interface HttpStageOptions {
  readonly httpApi: HttpApi;
  readonly throttle?: { readonly rateLimit?: number; readonly burstLimit?: number };
  readonly domainName?: DomainName;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** The one stage of an HTTP API of ours: with a log of its accesses, and limits. */
export function createHttpStage(scope: Construct, { httpApi, throttle, domainName, logRetention, removalPolicy }: HttpStageOptions): void {
  const accessLogs = new LogGroup(scope, 'AccessLogs', { retention: logRetention, removalPolicy });
  new HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: throttle?.rateLimit ?? RATE_LIMIT, burstLimit: throttle?.burstLimit ?? BURST_LIMIT },
    accessLogSettings: { destination: new LogGroupLogDestination(accessLogs), format: accessLogFormat() },
    ...(domainName !== undefined && { domainMapping: { domainName } }),
  });
}
