import { isUrlTarget, type SubscriptionId, type TenantId } from '../shared/identifiers';
import type { DeliveryStatus } from '../delivery/delivery-record';

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
    if (known === undefined || known.at < at) this.latest.set(name, { tenantId, target, at, url });
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

/** Figures of deliveries that came to their end; approximate, and never read for a decision (rule 10). */
export interface FigureStore {
  /** @throws PortUnavailable */
  apply(update: FigureUpdate): Promise<void>;
}

export interface Figures {
  /**
   * Hours in which something came to its end, oldest first.
   *
   * @param target absent: of the tenant as a whole
   * @param from
   * @param to epoch milliseconds, the hours that hold them included
   * @throws PortUnavailable
   */
  hourly(
    tenantId: TenantId,
    target: SubscriptionId | undefined,
    from: number,
    to: number,
  ): Promise<readonly HourFigures[]>;
  /**
   * When the last attempt was made of deliveries that came to their end, epoch milliseconds, of the subscriptions whose
   * ids lie between two, both inclusive.
   *
   * @throws PortUnavailable
   */
  lastTriggered(
    tenantId: TenantId,
    from: SubscriptionId,
    to: SubscriptionId,
  ): Promise<ReadonlyMap<SubscriptionId, number>>;
  /**
   * Origins that the tenant's events named themselves, in the order of their targets.
   *
   * @param limit of items examined
   * @param after exclusive
   * @throws PortUnavailable
   */
  origins(tenantId: TenantId, limit: number, after?: SubscriptionId): Promise<OriginPage>;
}

export interface OriginPage {
  readonly origins: readonly Origin[];
  /** The last one examined, where there may be more. */
  readonly after?: SubscriptionId;
}

export interface Origin {
  /** Its row in the log: see urlTarget. */
  readonly target: SubscriptionId;
  /** Scheme, host and port; never a path, which may be a secret. */
  readonly origin: string;
  /** Epoch milliseconds of the last attempt that is known. */
  readonly lastTriggeredAt: number;
}
