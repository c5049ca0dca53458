/**
 * The root key ring in Secrets Manager: read when the first secret is opened, again when a sealed secret names a key
 * that is not on it, and for sealing by a ring that was read lately.
 */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { KeyRingError } from '../../core/shared/errors';
import { KeyRing, type KeyRings } from '../../core/signing/key-ring';
import { awsCall } from '../aws-errors';
import type { Clock } from '../../core/shared/clock';

/** A secret sealed by a key that nobody has must not turn every delivery into a call of Secrets Manager. */
const READ_AGAIN_AFTER_MS = 30_000;
/** After a rotation, what is sealed names the new key from then on at the latest. */
const SEALS_BY_RING_OF_MS = 60_000;

export class RootKeyRing implements KeyRings {
  private current: { readonly ring: Promise<KeyRing>; readonly readAt: number } | undefined;

  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
    private readonly clock: Clock,
  ) {}

  async ring(holding?: string): Promise<KeyRing> {
    if (
      holding === undefined &&
      this.current !== undefined &&
      this.clock.now() - this.current.readAt >= SEALS_BY_RING_OF_MS
    )
      return this.read().ring;
    const ring = await (this.current ?? this.read()).ring;
    if (holding === undefined || ring.holdsKeyOf(holding)) return ring;
    if (this.current !== undefined && this.clock.now() - this.current.readAt < READ_AGAIN_AFTER_MS) return ring;
    return this.read().ring;
  }

  private read(): { readonly ring: Promise<KeyRing>; readonly readAt: number } {
    const reading = { ring: this.fetch(), readAt: this.clock.now() };
    this.current = reading;
    reading.ring.catch(() => {
      if (this.current === reading) this.current = undefined;
    });
    return reading;
  }

  private async fetch(): Promise<KeyRing> {
    const { SecretString: secret } = await awsCall('root secret', () =>
      this.client.send(new GetSecretValueCommand({ SecretId: this.secretId })),
    );
    if (secret === undefined) throw new KeyRingError('the root secret has no text');
    return KeyRing.parse(secret);
  }
}
