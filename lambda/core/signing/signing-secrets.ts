/**
 * Opens what is sealed for a delivery, each once: what it opened is kept by the sealed bytes, so a regenerated secret
 * is another entry and never a stale one.
 */
import type { KeyRings, SecretOwner } from './key-ring';
import type { SigningKeySet } from './schemes';
import { type PreviousSecret, type SealedHeaders, type SigningKeys, signingKeys } from './secret';

/** About 1 KB each; an execution environment sees few endpoints at a time. */
const KEPT = 5_000;

export class SigningSecrets {
  private readonly opened = new Map<string, SigningKeys | Readonly<Record<string, string>>>();

  constructor(private readonly keyRings: KeyRings) {}

  /** @throws PortUnavailable, KeyRingError, UnsealError */
  async keys(sealed: string, owner: SecretOwner): Promise<SigningKeys> {
    return this.open(sealed, owner, signingKeys);
  }

  /**
   * @param now epoch milliseconds
   * @throws PortUnavailable, KeyRingError, UnsealError
   */
  async inForce(
    secret: { readonly sealed: string; readonly previous?: PreviousSecret | undefined },
    owner: SecretOwner,
    now: number,
  ): Promise<SigningKeySet> {
    const current = await this.keys(secret.sealed, owner);
    return secret.previous === undefined || now >= secret.previous.until
      ? [current]
      : [current, await this.keys(secret.previous.sealed, owner)];
  }

  /**
   * @returns values by name
   * @throws PortUnavailable, KeyRingError, UnsealError
   */
  async headers({ sealed }: SealedHeaders, owner: SecretOwner): Promise<Readonly<Record<string, string>>> {
    return this.open(sealed, owner, (text) => JSON.parse(text) as Readonly<Record<string, string>>);
  }

  private async open<T extends SigningKeys | Readonly<Record<string, string>>>(
    sealed: string,
    owner: SecretOwner,
    read: (text: string) => T,
  ): Promise<T> {
    const name = `${owner.purpose}#${owner.tenantId}#${owner.owner}#${sealed}`;
    const known = this.opened.get(name);
    if (known !== undefined) return known as T;
    const ring = await this.keyRings.ring(sealed);
    const opened = read(ring.unseal(sealed, owner));
    if (this.opened.size >= KEPT) this.opened.delete(this.opened.keys().next().value!);
    this.opened.set(name, opened);
    return opened;
  }
}
