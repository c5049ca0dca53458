import { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';

/** A domain name of the platform's own. */
export interface WebhookApiDomain {
  /** Such as `webhooks.acme.com`. The DNS record that leads to it is the platform's to make, to `api.domainName`. */
  readonly domainName: string;
  /** For that name, in the API's region. */
  readonly certificate: ICertificate;
}

/** What callers may ask of the API in all, whoever they are. */
export interface WebhookApiThrottle {
  /**
   * Requests a second.
   *
   * @default 200
   */
  readonly rateLimit?: number;

  /**
   * Requests at once.
   *
   * @default 400
   */
  readonly burstLimit?: number;
}
