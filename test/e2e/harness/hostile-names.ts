/**
 * What the deployed functions' only name server says: of these names as follows, of all others that they do not exist.
 * Nothing is asked of the machine's.
 */
import { type DnsStub, startDnsStub, type StubReply } from '../../adapters/http/dns-stub';

const DOMAIN = 'hostile.example.org';

/** Names of endpoints, by what becomes of those who ask for them. */
export const HOSTILE_NAMES = {
  loopback: `loopback.${DOMAIN}`,
  private: `private.${DOMAIN}`,
  /** One good address, one bad. */
  mixed: `mixed.${DOMAIN}`,
  metadata: `metadata.${DOMAIN}`,
  silent: `silent.${DOMAIN}`,
  failing: `failing.${DOMAIN}`,
  missing: `missing.${DOMAIN}`,
} as const;

const REPLIES: Readonly<Record<string, StubReply>> = {
  [HOSTILE_NAMES.loopback]: { addresses: ['127.0.0.1'] },
  [HOSTILE_NAMES.private]: { addresses: ['10.0.0.1'] },
  [HOSTILE_NAMES.mixed]: { addresses: ['127.0.0.1', '10.0.0.1'] },
  [HOSTILE_NAMES.metadata]: { addresses: ['169.254.169.254'] },
  [HOSTILE_NAMES.silent]: 'silence',
  [HOSTILE_NAMES.failing]: 'servfail',
};

export function startNameServer(): Promise<DnsStub> {
  return startDnsStub((name) => REPLIES[name] ?? 'nxdomain');
}
