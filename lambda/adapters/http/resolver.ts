/**
 * Host names to addresses, by c-ares: `dns.lookup` would block one of four threads a name, know no TTL and read the
 * hosts file.
 */
import { promises as dns } from 'node:dns';
import { errorCode } from './error-code';

export interface Resolver {
  /**
   * @returns every address of a name, of both families, IPv4 first (a function outside a dual-stack subnet has no IPv6
   *   route)
   * @throws {@link ResolutionError}
   */
  resolve(hostname: string): Promise<readonly string[]>;
}

/** A name has no address, or no resolver would say. */
export class ResolutionError extends Error {
  override readonly name = 'ResolutionError';

  /** @param code c-ares' word for it: ENOTFOUND, ENODATA, ESERVFAIL, ETIMEOUT ... */
  constructor(
    hostname: string,
    readonly code: string,
  ) {
    super(`${hostname} did not resolve: ${code}`);
  }
}

export interface CachingResolverOptions {
  /**
   * Resolver addresses as `dns.setServers` takes them.
   *
   * @default - the system's
   */
  readonly servers?: readonly string[];
}

/** However long a record's TTL is, a moved endpoint is found within this time. */
const MAX_TTL_SECONDS = 30;
const MAX_CACHED_NAMES = 1000;

/** One try, then one of twice the time: a silent resolver is known as such well before a 10 s deadline. */
const QUERY_TIMEOUT_MS = 1500;
const QUERY_TRIES = 2;

/** c-ares' codes by which a resolver has answered that there is no address; the others say that it gave no answer. */
const NO_ADDRESS = new Set(['ENOTFOUND', 'ENODATA']);

interface CachedName {
  readonly addresses: readonly string[];
  readonly expiresAtMs: number;
}

interface AddressRecord {
  readonly address: string;
  /** in seconds */
  readonly ttl: number;
}

/** Asks for A and AAAA at once and keeps the answer for its TTL. Concurrent questions for a name are one. */
export class CachingResolver implements Resolver {
  private readonly resolver = new dns.Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  private readonly cache = new Map<string, CachedName>();
  private readonly inFlight = new Map<string, Promise<readonly string[]>>();

  constructor(options: CachingResolverOptions = {}) {
    if (options.servers) this.resolver.setServers(options.servers);
  }

  async resolve(hostname: string): Promise<readonly string[]> {
    const cached = this.cache.get(hostname);
    if (cached && cached.expiresAtMs > performance.now()) return cached.addresses;
    const asked = this.inFlight.get(hostname);
    if (asked) return asked;
    const asking = this.ask(hostname).finally(() => this.inFlight.delete(hostname));
    this.inFlight.set(hostname, asking);
    return asking;
  }

  private async ask(hostname: string): Promise<readonly string[]> {
    const families = await Promise.allSettled([
      this.resolver.resolve4(hostname, { ttl: true }),
      this.resolver.resolve6(hostname, { ttl: true }),
    ]);
    const records: AddressRecord[] = families.flatMap((family) => (family.status === 'fulfilled' ? family.value : []));
    if (records.length === 0) throw new ResolutionError(hostname, tellingCode(families));
    const addresses = records.map(({ address }) => address);
    this.keep(hostname, addresses, Math.min(MAX_TTL_SECONDS, ...records.map(({ ttl }) => ttl)));
    return addresses;
  }

  private keep(hostname: string, addresses: readonly string[], ttlSeconds: number): void {
    this.cache.delete(hostname);
    const oldest = this.cache.keys().next();
    if (this.cache.size >= MAX_CACHED_NAMES && !oldest.done) this.cache.delete(oldest.value);
    this.cache.set(hostname, { addresses, expiresAtMs: performance.now() + ttlSeconds * 1000 });
  }
}

/**
 * Of two families' failures the one that is no answer: a name whose AAAA is missing and whose A timed out may well
 * exist.
 */
function tellingCode(families: readonly PromiseSettledResult<unknown>[]): string {
  const codes = families.map((family) =>
    family.status === 'rejected' ? (errorCode(family.reason) ?? 'EUNKNOWN') : 'ENODATA',
  );
  return codes.find((code) => !NO_ADDRESS.has(code)) ?? codes[0] ?? 'ENODATA';
}
