/**
 * The last step before a packet leaves: one socket to one address. Whatever reaches this function has passed the
 * endpoint guard; tests put a recording one in its place to prove that nothing else does.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';

export interface DialTarget {
  /** An IP address, never a name. */
  readonly address: string;
  readonly port: number;
  /** The name (or literal address) that the certificate must be valid for; a plain connection has none. */
  readonly verifiedName?: string;
}

export type Dial = (target: DialTarget) => Socket;

/** TLS records hold at most 16 KiB (RFC 8446, section 5.1), and no more of an answer is ever read. */
const READ_SIZE_BYTES = 16 * 1024;

/**
 * Dials by TCP and TLS 1.2 or later, HTTP/1.1 only.
 *
 * No TLS session is resumed: resumption skips the check of the name, and so each connection verifies the certificate
 * that the server has now.
 *
 * @param ca trusted authorities in PEM instead of Node's own; those of NODE_EXTRA_CA_CERTS are among Node's own
 */
export function createDial(ca?: string): Dial {
  let secureContext: SecureContext | undefined;
  return ({ address, port, verifiedName }) => {
    const tcp = { host: address, port, noDelay: true, keepAlive: true, highWaterMark: READ_SIZE_BYTES };
    if (verifiedName === undefined) return connectTcp(tcp);
    secureContext ??= createSecureContext(ca === undefined ? {} : { ca });
    // An address is no server name (RFC 6066, section 3): without one the certificate is checked against `host`.
    const name = verifiedName === address ? {} : { servername: verifiedName };
    return connectTls({ ...tcp, ...name, secureContext, ALPNProtocols: ['http/1.1'] });
  };
}
