/**
 * Certificates for tests, made by Python's cryptography, which the embedded AWS needs anyway: an authority, and what a
 * receiver can get wrong.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PYTHON } from '../../builders/python';

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface TestCertificates {
  /** The authority that the client trusts, in PEM. */
  readonly ca: string;
  readonly valid: KeyPair;
  /** Valid until three and a half days ago. */
  readonly expired: KeyPair;
  /** From tomorrow on. */
  readonly notYetValid: KeyPair;
  /** For other.acme.com. */
  readonly wrongName: KeyPair;
  readonly selfSigned: KeyPair;
  /** Issued by an authority that nobody knows. */
  readonly unknownAuthority: KeyPair;
}

/** @param name for which the certificates are issued */
export function makeCertificates(name: string): TestCertificates {
  return JSON.parse(
    execFileSync(PYTHON, [join(__dirname, 'make_certificates.py'), name], { encoding: 'utf8' }),
  ) as TestCertificates;
}
