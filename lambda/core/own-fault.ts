/**
 * Knowing our own faults: when nearly nobody can be reached any more, it is our network, not their endpoints, and failures must not disable anyone.
 */
import type { Clock } from './clock';

/** The design's numbers: within a minute, this many origins of this many tenants, and more than this share of both with transport failures only. */
const WINDOW_MS = 60_000;
const ORIGINS = 10;
const TENANTS = 5;
const SHARE = 0.8;

interface Seen {
  readonly at: number;
  readonly tenantId: string;
  readonly origin: string;
  readonly reached: boolean;
}

export class OwnFaultDetector {
  private seen: Seen[] = [];

  constructor(private readonly clock: Clock) {}

  note(tenantId: string, url: string, reached: boolean): void {
    this.seen.push({ at: this.clock.now(), tenantId, origin: originOf(url), reached });
  }

  suspected(): boolean {
    const since = this.clock.now() - WINDOW_MS;
    if (this.seen.length > 0 && this.seen[0]!.at < since) this.seen = this.seen.filter(({ at }) => at >= since);
    return mostUnreached(this.seen, ({ origin }) => origin, ORIGINS) && mostUnreached(this.seen, ({ tenantId }) => tenantId, TENANTS);
  }
}

function mostUnreached(seen: readonly Seen[], nameOf: (each: Seen) => string, atLeast: number): boolean {
  const all = new Set(seen.map(nameOf));
  const reached = new Set(seen.filter((each) => each.reached).map(nameOf));
  return all.size >= atLeast && all.size - reached.size > SHARE * all.size;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
