import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';

/**
 * A line of JSON a request. No header and no query string is in it, so no credential can be; of who called it has the
 * address and, for IAM, the caller's ARN (AWS, "Customize HTTP API access logs").
 */
export function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: AccessLogField.contextRequestId(),
      time: AccessLogField.contextRequestTimeEpoch(),
      ip: AccessLogField.contextIdentitySourceIp(),
      caller: AccessLogField.contextIdentityUserArn(),
      method: AccessLogField.contextHttpMethod(),
      path: AccessLogField.contextPath(),
      route: AccessLogField.contextRouteKey(),
      status: AccessLogField.contextStatus(),
      latencyMs: AccessLogField.contextResponseLatency(),
      functionMs: AccessLogField.contextIntegrationLatency(),
      bytes: AccessLogField.contextResponseLength(),
      error: AccessLogField.contextErrorMessage(),
      functionError: AccessLogField.contextIntegrationErrorMessage(),
    }),
  );
}
