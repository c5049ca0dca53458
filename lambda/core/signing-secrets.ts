/** Opens sealed signing secrets, each once: what it opened is kept by the sealed bytes, so a regenerated secret is another entry and never a stale one. */
import type { SecretOwner } from './key-ring';
import type { KeyRings } from './ports';
import { type SigningKeys, signingKeys } from './secret';

/** About 1 KB each; an execution environment sees few endpoints at a time. */
const KEPT = 5_000;

export class SigningSecrets {
  private readonly opened = new Map<string, SigningKeys>();

  constructor(private readonly keyRings: KeyRings) {}

  /** @throws PortUnavailable, KeyRingError, UnsealError */
  async keys(sealed: string, owner: SecretOwner): Promise<SigningKeys> {
    const name = `${owner.tenantId}#${owner.owner}#${sealed}`;
    const known = this.opened.get(name);
    if (known !== undefined) return known;
    const ring = await this.keyRings.ring(sealed);
    const keys = signingKeys(ring.unseal(sealed, owner));
    if (this.opened.size >= KEPT) this.opened.delete(this.opened.keys().next().value!);
    this.opened.set(name, keys);
    return keys;
  }
}
