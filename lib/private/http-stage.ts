import { RemovalPolicy } from 'aws-cdk-lib';
import { DomainName, HttpApi, HttpStage, LogGroupLogDestination, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { WebhookApiDomain, WebhookApiThrottle } from '../webhook-api-props';
import { accessLogFormat } from './access-log';

const RATE_LIMIT = 200;
const BURST_LIMIT = 400;

export interface HttpStageOptions {
  readonly httpApi: HttpApi;
  readonly throttle?: WebhookApiThrottle;
  readonly domain?: WebhookApiDomain;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The one stage of an HTTP API of ours: with a log of its accesses, limits, and the domain name where one is asked for.
 */
export function createHttpStage(
  scope: Construct,
  { httpApi, throttle, domain, logRetention, removalPolicy }: HttpStageOptions,
): DomainName | undefined {
  const domainName =
    domain &&
    new DomainName(scope, 'Domain', {
      domainName: domain.domainName,
      certificate: domain.certificate,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
  const accessLogs = new LogGroup(scope, 'AccessLogs', { retention: logRetention, removalPolicy });
  new HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: throttle?.rateLimit ?? RATE_LIMIT, burstLimit: throttle?.burstLimit ?? BURST_LIMIT },
    accessLogSettings: { destination: new LogGroupLogDestination(accessLogs), format: accessLogFormat() },
    domainMapping: domainName && { domainName },
  });
  return domainName;
}
