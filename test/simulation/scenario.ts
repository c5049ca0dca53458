/** What happens in a run, from its seed: a platform, its tenants, events, and what strikes them. */
import type { EventId, TenantId } from '../../lambda/core/shared/identifiers';
import type { RetrySettings } from '../../lambda/core/shared/profile';
import type { RunSettings } from './context';
import type { Random } from './random';

const DAY_SECONDS = 86_400;
/** After lib/webhook-profile.ts, and short ones, so that a run has retries of all kinds in little time. */
const PROFILES: readonly { readonly name: string; readonly share: number; readonly retry: RetrySettings }[] = [
  {
    name: 'short',
    share: 4,
    retry: { delays: [5, 5, 20, 1_200], jitter: 0.2, on: 'transient', retryAfter: true, goneDisables: false },
  },
  {
    name: 'hasty',
    share: 4,
    retry: { delays: [2, 300, 8], jitter: 0.2, on: 'transient', retryAfter: true, goneDisables: true },
  },
  {
    name: 'single',
    share: 1,
    retry: { delays: [], jitter: 0, on: 'transient', retryAfter: true, goneDisables: false },
  },
  {
    name: 'rekognita',
    share: 2,
    retry: {
      delays: [30, 300, 1_800, 7_200],
      jitter: 0,
      on: 'all-but-success',
      retryAfter: false,
      goneDisables: false,
    },
  },
  {
    name: 'leapocr',
    share: 1,
    retry: {
      delays: [10, 60, 300, 1_800, 7_200, 21_600, 54_000],
      jitter: 0.2,
      on: 'transient',
      retryAfter: true,
      goneDisables: false,
    },
  },
  {
    name: 'standard-webhooks',
    share: 1,
    retry: {
      delays: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
      jitter: 0.2,
      on: 'transient',
      retryAfter: true,
      goneDisables: true,
    },
  },
];

export function drawSettings(random: Random): RunSettings {
  const { name, retry } = random.pick(
    PROFILES.flatMap((profile) => Array.from({ length: profile.share }, () => profile)),
  );
  return {
    profile: name,
    retry,
    disableAfter: random.pick([2, 3, 3, 3, 5]),
    deadlineMs: 10_000,
    timeoutMs: 30_000,
    eventTtlSeconds: 60 * DAY_SECONDS,
    deliveryTtlSeconds: 60 * DAY_SECONDS,
  };
}

/** When producers send what. */
export interface EventPlan {
  readonly tenantId: TenantId;
  readonly eventId: EventId;
  /** Milliseconds after the start. */
  readonly at: number;
}

export interface Plan {
  readonly tenants: readonly TenantId[];
  /** Of each tenant, to begin with. */
  readonly subscriptions: readonly TenantId[];
  readonly events: readonly EventPlan[];
  /** Milliseconds over which the events come. */
  readonly spanMs: number;
  /** Milliseconds after which faults end. */
  readonly endMs: number;
  /** Our own network is down while the events come. */
  readonly unreachable: boolean;
}

const HOUR_MS = 3_600_000;

/**
 * Most runs are small: what goes wrong there is easiest to read. Some are a burst to one subscription, where batches
 * meet.
 */
export function drawPlan(random: Random): Plan {
  if (random.chance(0.02)) return drawBreakdown(random);
  return random.chance(0.12) ? drawBurst(random) : drawUsual(random);
}

/** Nobody of many can be reached: the fault is ours, and disables no one. */
function drawBreakdown(random: Random): Plan {
  const tenants = Array.from({ length: 6 }, (_unused, index) => `tenant-${index + 1}` as TenantId);
  const spanMs = 1_000 + random.below(30_000);
  const events = tenants.flatMap((tenantId) =>
    Array.from({ length: 3 + random.below(3) }, (_unused, index) => ({
      tenantId,
      eventId: `e${index + 1}` as EventId,
      at: 1_000 + random.below(spanMs),
    })),
  );
  return {
    tenants,
    subscriptions: [...tenants, ...tenants],
    events,
    spanMs,
    endMs: 1_000 + spanMs + 300_000,
    unreachable: true,
  };
}

function drawBurst(random: Random): Plan {
  const tenant = 'tenant-1' as TenantId;
  const spanMs = 2_000 + random.below(20_000);
  const events = Array.from({ length: 12 + random.below(18) }, (_unused, index) => ({
    tenantId: tenant,
    eventId: `e${index + 1}` as EventId,
    at: 1_000 + random.below(spanMs),
  }));
  return {
    tenants: [tenant],
    subscriptions: [tenant],
    events,
    spanMs,
    endMs: 1_000 + spanMs + 300_000,
    unreachable: false,
  };
}

function drawLongSpan(random: Random): number {
  return random.chance(0.5) ? 60_000 : 2 * HOUR_MS;
}

function drawUsual(random: Random): Plan {
  const small = random.chance(0.6);
  const tenants = Array.from(
    { length: random.chance(0.7) ? 1 : 2 },
    (_unused, index) => `tenant-${index + 1}` as TenantId,
  );
  const spanMs = small ? 1 + random.below(20_000) : drawLongSpan(random);
  const subscriptions = Array.from({ length: 1 + random.below(small ? 2 : 3) }, () => random.pick(tenants));
  const events = Array.from({ length: small ? 1 + random.below(4) : 6 + random.below(14) }, (_unused, index) => ({
    tenantId: random.pick(tenants),
    eventId: `e${random.chance(0.9) ? index + 1 : 1}` as EventId,
    at: 1_000 + random.below(spanMs),
  }));
  return {
    tenants,
    subscriptions,
    events,
    spanMs,
    endMs: 1_000 + spanMs + (small ? 300_000 : 3 * HOUR_MS),
    unreachable: false,
  };
}
