import { Token } from 'aws-cdk-lib';
import type { WebhookApiDomain, WebhookApiThrottle } from '../webhook-api-props';

const DOMAIN_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** What is wrong with it, in words. */
export function throttleFaults({ rateLimit, burstLimit }: WebhookApiThrottle = {}): string[] {
  return [
    ...(isLiteral(rateLimit) && !(rateLimit > 0) ? [`throttle.rateLimit must be above 0, not ${rateLimit}`] : []),
    ...(isLiteral(burstLimit) && !(Number.isInteger(burstLimit) && burstLimit >= 1)
      ? [`throttle.burstLimit must be a whole number of at least 1, not ${burstLimit}`]
      : []),
  ];
}

/** What is wrong with it, in words. */
export function domainFaults(domain: WebhookApiDomain | undefined): string[] {
  if (domain === undefined || Token.isUnresolved(domain.domainName) || DOMAIN_NAME.test(domain.domainName)) return [];
  return [`domain.domainName "${domain.domainName}" must be a domain name in lower case, without scheme and path`];
}

function isLiteral<T>(value: T | undefined): value is T {
  return value !== undefined && !Token.isUnresolved(value);
}
