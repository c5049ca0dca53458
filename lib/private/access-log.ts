import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';

/**
 * A line of JSON a request. No header and no query string is in it, so no credential can be; of who called it has the address and, for IAM, the caller's ARN
 * (AWS, "Customize HTTP API access logs").
 */
export function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: AccessLogFormat.contextRequestId(),
      time: AccessLogFormat.contextRequestTimeEpoch(),
      ip: AccessLogFormat.contextIdentitySourceIp(),
      caller: AccessLogFormat.contextIdentityUserArn(),
      method: AccessLogFormat.contextHttpMethod(),
      path: AccessLogFormat.contextPath(),
      route: AccessLogFormat.contextRouteKey(),
      status: AccessLogFormat.contextStatus(),
      latencyMs: AccessLogFormat.contextResponseLatency(),
      functionMs: AccessLogFormat.contextIntegrationLatency(),
      bytes: AccessLogFormat.contextResponseLength(),
      error: AccessLogFormat.contextErrorMessage(),
      functionError: AccessLogFormat.contextIntegrationErrorMessage(),
    }),
  );
}
