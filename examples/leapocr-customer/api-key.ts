/** The key for LeapOCR's API, from Secrets Manager. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export class ApiKey {
  private current?: Promise<string>;

  constructor(
    private readonly secrets: SecretsManagerClient,
    private readonly secretId: string,
  ) {}

  /** @param fresh read it again: it may have been changed */
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
    const { SecretString: key } = await this.secrets.send(new GetSecretValueCommand({ SecretId: this.secretId }));
    if (key === undefined || key === '') throw new Error(`the secret ${this.secretId} holds no API key`);
    return key;
  }
}
