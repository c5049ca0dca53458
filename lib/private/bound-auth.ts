import { IFunction } from 'aws-cdk-lib/aws-lambda';

/** What a way of authentication comes to. */
export type BoundAuth =
  | { readonly kind: 'apiKey' }
  /** As the API function reads it. */
  | { readonly kind: 'jwt'; readonly settings: { readonly issuer: string; readonly audience: string } }
  /** As the API function reads it, and what it asks. */
  | { readonly kind: 'lambda'; readonly settings: object; readonly authenticator: IFunction };
