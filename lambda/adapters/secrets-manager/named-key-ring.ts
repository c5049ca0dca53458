/** The operator's and the portal's key rings in Secrets Manager. */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type NamedKeys, type NamedKeySource, parseNamedKeys } from '../../core/shared/credentials';
import { KeyRingError } from '../../core/shared/errors';
import { LatelyReadSecret } from './lately-read-secret';
import type { Clock } from '../../core/shared/clock';
import type { Log } from '../../core/shared/log';

export class SecretKeyRing implements NamedKeySource {
  private readonly secret: LatelyReadSecret<NamedKeys>;

  constructor(client: SecretsManagerClient, secretId: string, clock: Clock, log: Log) {
    this.secret = new LatelyReadSecret(client, secretId, 'key ring', parseKeyRing, clock, log);
  }

  keys(refresh?: boolean): Promise<NamedKeys> {
    return this.secret.value(refresh);
  }
}

function parseKeyRing(text: string | undefined): NamedKeys {
  if (text === undefined) throw new KeyRingError('the key ring has no text');
  return parseNamedKeys(text);
}
