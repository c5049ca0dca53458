/** The operator's and the portal's key rings in Secrets Manager: read again often enough that rotation and revocation take effect without a deploy. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type NamedKeys, type NamedKeySource, parseNamedKeys } from '../../core/credentials';
import { KeyRingError, PortUnavailable } from '../../core/errors';
import type { Clock, Log } from '../../core/ports';
import { awsCall } from '../aws-errors';

const KEPT_MS = 60_000;
/** Keys that nobody has must not turn every request into a call of Secrets Manager. */
const ANEW_AFTER_MS = 5_000;
/** While Secrets Manager does not answer, a ring that was read lately goes on being used for so long. */
const STALE_MAX_MS = 600_000;

interface Reading {
  readonly keys: NamedKeys;
  readonly readAt: number;
}

export class SecretKeyRing implements NamedKeySource {
  private last: Reading | undefined;
  private triedAt = -Infinity;

  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async keys(anew = false): Promise<NamedKeys> {
    const now = this.clock.now();
    const due = this.last === undefined || now - this.triedAt >= (anew ? ANEW_AFTER_MS : KEPT_MS);
    if (this.last !== undefined && !due) return this.last.keys;
    this.triedAt = now;
    try {
      this.last = { keys: await this.read(), readAt: now };
    } catch (error) {
      if (!(error instanceof PortUnavailable) || this.last === undefined || now - this.last.readAt > STALE_MAX_MS) throw error;
      this.log.warn('key ring could not be read again', { reason: error.message });
    }
    return this.last.keys;
  }

  private async read(): Promise<NamedKeys> {
    const { SecretString: secret } = await awsCall('key ring', () => this.client.send(new GetSecretValueCommand({ SecretId: this.secretId })));
    if (secret === undefined) throw new KeyRingError('the key ring has no text');
    return parseNamedKeys(secret);
  }
}
