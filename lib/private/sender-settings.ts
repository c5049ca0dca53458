import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What the constructs around a sender take over from it. */
export interface SenderSettings {
  /** Dimension of its metrics. */
  readonly service: string;
  /** The profile's settings, as JSON. */
  readonly profile: string;
  readonly nameServers: string[];
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}
