/**
 * Figures of deliveries that came to their end: how many an hour, and when something was last sent. They are summed
 * from the log's own changes, a batch at a time, and are approximate after a crash: nothing is ever decided by them
 * (rule 10).
 */
import type { DeliveryStatus } from '../delivery/delivery';
import { isUrlTarget, type SubscriptionId, type TenantId } from '../shared/identifiers';

/** What a change of the log was, as far as figures go. */
export interface LogChange {
  readonly tenantId: TenantId;
  readonly target: SubscriptionId;
  /** Absent: there was no record before. */
  readonly before?: LogState;
  readonly after: LogState & {
    /** Epoch milliseconds; absent: none was made. */
    readonly lastAttemptAt?: number;
    readonly url?: string;
  };
}

interface LogState {
  readonly status: DeliveryStatus;
  /** Epoch milliseconds; of a pending record, none. */
  readonly settledAt?: number;
}

export interface Counts {
  readonly delivered: number;
  readonly failed: number;
  readonly cancelled: number;
}

export interface HourFigures extends Counts {
  /** Epoch milliseconds at which the hour begins. */
  readonly hour: number;
}

/** One write. `hour` adds, the others keep what is latest. */
export type FigureUpdate =
  /** Without a target: of the tenant as a whole. */
  | ({ readonly kind: 'hour'; readonly tenantId: TenantId; readonly target?: SubscriptionId } & HourFigures)
  | { readonly kind: 'triggered'; readonly tenantId: TenantId; readonly target: SubscriptionId; readonly at: number }
  | {
      readonly kind: 'origin';
      readonly tenantId: TenantId;
      readonly target: SubscriptionId;
      readonly origin: string;
      readonly at: number;
    };

export const HOUR_MS = 3_600_000;

/**
 * What a batch of changes adds up to. A delivery counts when it comes to its end, and once more when a copy's success
 * goes over that end (rule 5): then the old end is taken back. Whatever else is written on a record that has ended
 * counts for nothing.
 */
export function figuresOf(changes: readonly LogChange[]): readonly FigureUpdate[] {
  const sums = new Sums();
  for (const { tenantId, target, before, after } of changes) {
    if (after.status === 'pending' || after.status === before?.status) continue;
    sums.add(tenantId, target, after, 1);
    if (before !== undefined) sums.add(tenantId, target, before, -1);
    if (after.lastAttemptAt !== undefined) sums.sentAt(tenantId, target, after.lastAttemptAt, after.url);
  }
  return sums.updates();
}

class Sums {
  private readonly hours = new Map<
    string,
    { tenantId: TenantId; target?: SubscriptionId; hour: number; delivered: number; failed: number; cancelled: number }
  >();
  private readonly latest = new Map<string, { tenantId: TenantId; target: SubscriptionId; at: number; url?: string }>();

  add(tenantId: TenantId, target: SubscriptionId, { status, settledAt }: LogState, number: 1 | -1): void {
    if (status === 'pending' || settledAt === undefined) return;
    const hour = Math.floor(settledAt / HOUR_MS) * HOUR_MS;
    for (const part of [{ target }, {}]) {
      const name = `${tenantId}#${part.target ?? ''}#${hour}`;
      const sum = this.hours.get(name) ?? { tenantId, ...part, hour, delivered: 0, failed: 0, cancelled: 0 };
      sum[status] += number;
      this.hours.set(name, sum);
    }
  }

  sentAt(tenantId: TenantId, target: SubscriptionId, at: number, url: string | undefined): void {
    const name = `${tenantId}#${target}`;
    const known = this.latest.get(name);
    if (known === undefined || known.at < at)
      this.latest.set(name, { tenantId, target, at, ...(url !== undefined && { url }) });
  }

  updates(): FigureUpdate[] {
    const hours = [...this.hours.values()].filter(
      ({ delivered, failed, cancelled }) => delivered !== 0 || failed !== 0 || cancelled !== 0,
    );
    const latest = [...this.latest.values()].map(({ tenantId, target, at, url }) =>
      isUrlTarget(target) && url !== undefined && URL.canParse(url)
        ? { kind: 'origin' as const, tenantId, target, origin: new URL(url).origin, at }
        : { kind: 'triggered' as const, tenantId, target, at },
    );
    return [...hours.map((each) => ({ kind: 'hour' as const, ...each })), ...latest];
  }
}
