import { IKey } from 'aws-cdk-lib/aws-kms';

/** Where a receiver's events go, as the function and its role need to know it. */
export interface BoundTarget {
  readonly kind: 'queue' | 'bus' | 'topic';
  /** What its client names it by. */
  readonly address: string;
  readonly action: string;
  readonly arn: string;
  /** A key of the platform's own that it is encrypted by. */
  readonly key?: IKey;
  /** Largest body that its messages have room for. */
  readonly maxBodyBytes: number;
  /** What is wrong with it, in words. */
  readonly fault?: string;
}
