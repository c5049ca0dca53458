import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What a dashboard takes over from its API, and does there. */
export interface DashboardHost {
  /** In its log. */
  readonly service: string;
  /** The tenant's part of the API's paths. */
  readonly tenantPath: string;
  /** Of the API, without a path. */
  readonly origin: string;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** Portal sessions are told where it is. */
  readonly linkTo: (url: string) => void;
}
