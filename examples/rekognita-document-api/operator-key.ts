/** The key with which the platform calls its webhooks' management API, from the key ring in Secrets Manager. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export class OperatorKey {
  private current?: Promise<string>;

  constructor(
    private readonly secrets: SecretsManagerClient,
    private readonly secretId: string,
  ) {}

  /** @param fresh read it again: the one that was used is not taken any more */
  get(fresh = false): Promise<string> {
    if (fresh || this.current === undefined) {
      const reading = this.read();
      this.current = reading;
      reading.catch(() => {
        if (this.current === reading) this.current = undefined;
      });
    }
    return this.current;
  }

  private async read(): Promise<string> {
    const { SecretString } = await this.secrets.send(new GetSecretValueCommand({ SecretId: this.secretId }));
    const ring = JSON.parse(SecretString ?? '{}') as Record<string, unknown>;
    const key = ring[String(ring.current)];
    if (typeof key !== 'string') throw new Error(`the secret ${this.secretId} is no key ring`);
    return key;
  }
}
