/**
 * Knowing our own faults: when nearly nobody can be reached any more, it is our network, not their endpoints, and
 * failures must not disable anyone.
 */
import type { Clock } from '../shared/clock';

/**
 * The design's numbers: within a minute, this many origins of this many tenants, and more than this share of both with
 * transport failures only.
 */
const WINDOW_MS = 60_000;
const ORIGINS = 10;
const TENANTS = 5;
const SHARE = 0.8;

interface Seen {
  readonly seenAt: number;
  /** When it was last reached, if ever. */
  readonly reachedAt?: number;
}

export class OwnFaultDetector {
  private readonly origins = new Map<string, Seen>();
  private readonly tenants = new Map<string, Seen>();

  constructor(private readonly clock: Clock) {}

  note(tenantId: string, url: string, reached: boolean): void {
    const now = this.clock.now();
    noteOne(this.origins, originOf(url), now, reached);
    noteOne(this.tenants, tenantId, now, reached);
  }

  suspected(): boolean {
    const since = this.clock.now() - WINDOW_MS;
    return mostUnreached(this.origins, since, ORIGINS) && mostUnreached(this.tenants, since, TENANTS);
  }
}

/**
 * Keeps the map in the order of the last note, so that what is too old stands first and goes as new ones come: it holds
 * a minute's names, no more.
 */
function noteOne(all: Map<string, Seen>, name: string, now: number, reached: boolean): void {
  const reachedAt = reached ? now : all.get(name)?.reachedAt;
  all.delete(name);
  all.set(name, { seenAt: now, reachedAt });
  for (const [oldest, { seenAt }] of all) {
    if (seenAt >= now - WINDOW_MS) return;
    all.delete(oldest);
  }
}

function mostUnreached(all: ReadonlyMap<string, Seen>, since: number, atLeast: number): boolean {
  const recent = [...all.values()].filter(({ seenAt }) => seenAt >= since);
  const unreached = recent.filter(({ reachedAt }) => reachedAt === undefined || reachedAt < since);
  return recent.length >= atLeast && unreached.length > SHARE * recent.length;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
