/**
 * A secret of Secrets Manager, kept as it was parsed, and read again often enough that rotation and revocation take
 * effect without a deploy.
 */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PortUnavailable } from '../../core/shared/errors';
import { awsCall } from '../aws-errors';
import type { Clock } from '../../core/shared/clock';
import type { Log } from '../../core/shared/log';

const KEPT_MS = 60_000;
/**
 * Keys that nobody has, and signatures that match nothing, must not turn every request into a call of Secrets Manager.
 */
const REFRESH_AFTER_MS = 5_000;
/** While Secrets Manager does not answer, what was read lately goes on being used for so long. */
const STALE_MAX_MS = 600_000;

export class LatelyReadSecret<T> {
  private last: { readonly value: T; readonly readAt: number } | undefined;
  private triedAt = -Infinity;

  /**
   * @param what it is, for errors
   * @param parse of its text; throws what says nothing of it
   */
  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
    private readonly what: string,
    private readonly parse: (text: string | undefined) => T,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * @param refresh it is read again, unless that was done just now
   * @throws PortUnavailable, and what `parse` throws
   */
  async value(refresh = false): Promise<T> {
    const now = this.clock.now();
    const due = now - this.triedAt >= (refresh ? REFRESH_AFTER_MS : KEPT_MS);
    if (this.last !== undefined && !due) return this.last.value;
    this.triedAt = now;
    try {
      const { SecretString: text } = await awsCall(this.what, () =>
        this.client.send(new GetSecretValueCommand({ SecretId: this.secretId })),
      );
      this.last = { value: this.parse(text), readAt: now };
    } catch (error) {
      if (!(error instanceof PortUnavailable) || this.last === undefined || now - this.last.readAt > STALE_MAX_MS) {
        this.last = undefined; // what was withdrawn, or may have been, is used by nobody from here on
        throw error;
      }
      this.log.warn(`${this.what} could not be read again`, { reason: error.message });
    }
    return this.last.value;
  }
}
