import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface KeyRingSecretProps {
  readonly description: string;
  /** How its keys are rotated, since Secrets Manager does not do it. */
  readonly rotation: string;
  readonly removalPolicy: RemovalPolicy;
}

/** A generated key ring: `{"version": 1, "current": "k1", "k1": "<64 random characters>"}`. */
export function keyRingSecret(scope: Construct, id: string, props: KeyRingSecretProps): Secret {
  const secret = new Secret(scope, id, {
    description: props.description,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ version: 1, current: 'k1' }),
      generateStringKey: 'k1',
      passwordLength: 64,
      excludePunctuation: true,
    },
    removalPolicy: props.removalPolicy,
  });
  Validations.of(secret).acknowledge({ id: 'AwsSolutions::AwsSolutions-SMG4', reason: props.rotation });
  return secret;
}
