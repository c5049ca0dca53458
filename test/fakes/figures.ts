import {
  type Figures,
  type FigureStore,
  type FigureUpdate,
  HOUR_MS,
  type HourFigures,
  type Origin,
  type OriginPage,
} from '../../lambda/core/history/figures';
import type { SubscriptionId, TenantId } from '../../lambda/core/shared/identifiers';
import { Faults } from './faults';

export class InMemoryFigures implements FigureStore, Figures {
  readonly faults = new Faults();
  private readonly hours = new Map<string, HourFigures>();
  private readonly triggered = new Map<string, number>();
  private readonly known = new Map<string, Origin>();

  apply(update: FigureUpdate): Promise<void> {
    return this.call(() => {
      if (update.kind === 'hour') return this.add(update);
      const name = `${update.tenantId}#${update.target}`;
      if (update.kind === 'triggered')
        return void this.triggered.set(name, Math.max(this.triggered.get(name) ?? 0, update.at));
      const { target, origin, at } = update;
      this.known.set(name, {
        target,
        origin,
        lastTriggeredAt: Math.max(this.known.get(name)?.lastTriggeredAt ?? 0, at),
      });
    });
  }

  hourly(
    tenantId: TenantId,
    target: SubscriptionId | undefined,
    from: number,
    to: number,
  ): Promise<readonly HourFigures[]> {
    const first = Math.floor(from / HOUR_MS) * HOUR_MS;
    return this.call(() =>
      [...this.hours]
        .filter(([name, { hour }]) => name === nameOfHour(tenantId, target, hour) && hour >= first && hour <= to)
        .map(([, figures]) => figures)
        .sort((one, other) => one.hour - other.hour),
    );
  }

  lastTriggered(
    tenantId: TenantId,
    from: SubscriptionId,
    to: SubscriptionId,
  ): Promise<ReadonlyMap<SubscriptionId, number>> {
    return this.call(() => new Map(this.ofTenant(tenantId, this.triggered).filter(([id]) => id >= from && id <= to)));
  }

  origins(tenantId: TenantId, limit: number, after?: SubscriptionId): Promise<OriginPage> {
    return this.call(() => {
      const all = this.ofTenant(tenantId, this.known).filter(([id]) => after === undefined || id > after);
      const page = all.slice(0, limit);
      const last = page.at(-1)?.[0];
      return {
        origins: page.map(([, origin]) => origin),
        ...(page.length === limit && last !== undefined && { after: last }),
      };
    });
  }

  private add({ kind: _kind, tenantId, target, hour, ...counts }: Extract<FigureUpdate, { kind: 'hour' }>): void {
    const name = nameOfHour(tenantId, target, hour);
    const { delivered, failed, cancelled } = this.hours.get(name) ?? { delivered: 0, failed: 0, cancelled: 0 };
    this.hours.set(name, {
      hour,
      delivered: delivered + counts.delivered,
      failed: failed + counts.failed,
      cancelled: cancelled + counts.cancelled,
    });
  }

  private ofTenant<T>(tenantId: TenantId, all: ReadonlyMap<string, T>): [SubscriptionId, T][] {
    const found = [...all]
      .filter(([name]) => name.startsWith(`${tenantId}#`))
      .map(([name, value]): [SubscriptionId, T] => [name.slice(tenantId.length + 1) as SubscriptionId, value]);
    return found.sort(([one], [other]) => (one < other ? -1 : 1));
  }

  private call<T>(work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      this.faults.check();
      return work();
    });
  }
}

function nameOfHour(tenantId: TenantId, target: SubscriptionId | undefined, hour: number): string {
  return `${tenantId}#${target ?? '*'}#${hour}`;
}
