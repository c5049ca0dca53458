/** The true history of a run, as one sees it who sees everything: what invariants are judged by. */
import type { KeyObject } from 'node:crypto';
import type { AttemptResult } from '../../lambda/core/endpoint/endpoint';
import type { RecoveryJob, RecoveryStatus } from '../../lambda/core/replay/recovery-job';
import { type DeliveryId, isUrlTarget, type SubscriptionId, type TenantId } from '../../lambda/core/shared/identifiers';
import type { Timeline } from './timeline';
import type { Trace } from './trace';
import type { DeliveryMessage } from '../../lambda/core/delivery/delivery-message';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

export interface Violation {
  /** Of design.md, 1 to 5; or the rule that it is about. */
  readonly invariant: string;
  /** Name of the delivery or subscription. */
  readonly about: string;
  readonly what: string;
}

export interface Attempt {
  /** Of the invocation that made it. */
  readonly by: string;
  /** The execution environment in which it ran. */
  readonly environment: string;
  /** Numbers that the messages in its batch asked for: one, unless copies met in a batch. */
  numbers: readonly number[];
  readonly startedAt: number;
  /** Of the messages, the earliest; the functions' clock. */
  readonly dueAt: number | undefined;
  /** Of the subscription, as the batch's first read saw it. */
  readonly epoch: number | undefined;
  readonly body: string;
  /** That its request came to the endpoint, and what the endpoint did with it. */
  arrived: boolean;
  accepted: boolean;
  endedAt?: number;
  result?: AttemptResult;
  recordedAt?: number;
}

export interface DeliveryStory {
  readonly name: string;
  readonly message: Pick<
    DeliveryMessage,
    'deliveryId' | 'tenantId' | 'subscriptionId' | 'eventId' | 'eventType' | 'url' | 'replayId' | 'replayOf'
  >;
  readonly attempts: Attempt[];
  /** Faults that struck it, and allow it to be made more than once. */
  readonly excuses: string[];
  /** A queue has taken a message of it. */
  queued: boolean;
  /** It waited because of a circuit, or a copy's check; then its attempts are late by right. */
  deferred: boolean;
  emitted: number;
  /** When it was first sent, and when the invocation began that sent it. */
  sent?: { readonly at: number; readonly since: number };
  /** What its record came to, one after the other. */
  readonly states: { readonly at: number; readonly status: DeliveryRecord['status'] }[];
}

/** A recovery that was put on record. */
export interface RecoveryStory {
  readonly job: RecoveryJob;
  readonly startedAt: number;
  /** Its owner was told that it is on its way. */
  answered: boolean;
  ended?: { readonly at: number; readonly status: RecoveryStatus };
}

/** A subscription as it was for a while. */
export interface SubscriptionState {
  readonly from: number;
  readonly enabled: boolean;
  readonly epoch: number;
  readonly url: string;
  readonly key: KeyObject;
}

export interface SubscriptionStory {
  readonly name: string;
  readonly tenantId: TenantId;
  readonly id: SubscriptionId;
  readonly eventTypes: readonly string[];
  readonly createdAt: number;
  deletedAt?: number;
  readonly states: SubscriptionState[];
  /** Deliveries that failed and count; unless the fault was ours: then they need not, and must not. */
  readonly failures: { readonly at: number; readonly epoch: number; readonly ours: boolean }[];
  readonly successes: Attempt[];
  /** Deliveries that count and were answered with 410. */
  readonly goneAt: { readonly at: number; readonly epoch: number; readonly delivery: DeliveryId }[];
  readonly disabled: { readonly at: number; readonly epoch: number }[];
  /** Its rate limits, one after the other; none: undefined. */
  readonly limits: { readonly from: number; readonly perSecond: number | undefined }[];
  announced: number;
}

export interface AcceptedStory {
  readonly name: string;
  readonly tenantId: TenantId;
  readonly eventId: string;
  /** When its first message came into the queue. */
  readonly at: number;
  /** As it was claimed; nothing before that. */
  claimed?: { readonly at: number; readonly eventType: string; readonly payload: string; readonly webhookUrl?: string };
}

export interface Ended {
  readonly at: number;
  readonly environment: string;
  readonly tenant: string;
  readonly origin: string;
  readonly reached: boolean;
}

export class Ledger {
  readonly violations: Violation[] = [];
  readonly deliveries = new Map<DeliveryId, DeliveryStory>();
  readonly subscriptions = new Map<SubscriptionId, SubscriptionStory>();
  readonly events = new Map<string, AcceptedStory>();
  /** Manual retries that were answered with 202. */
  readonly replays = new Set<DeliveryId>();
  /** By the job's id, which is its replay id. */
  readonly recoveries = new Map<string, RecoveryStory>();
  /** Attempts that came to their end while somebody listened. */
  readonly ended: Ended[] = [];
  private readonly tenants = new Map<string, string>();
  private readonly urlTargets = new Map<string, string>();
  private readonly replayNames = new Map<string, string>();

  constructor(
    private readonly timeline: Timeline,
    private readonly trace: Trace,
    private readonly nextAttemptsMax: number,
  ) {}

  /** Attempts that the schedule allows. */
  get attemptsMax(): number {
    return this.nextAttemptsMax;
  }

  violate(invariant: string, about: string, what: string): void {
    this.violations.push({ invariant, about, what });
    this.trace.say('!!', () => `invariant ${invariant}: ${about}: ${what}`);
  }

  excuse(id: DeliveryId, why: string): void {
    this.deliveries.get(id)?.excuses.push(why);
    this.trace.say('fault', () => `${why}: ${this.deliveries.get(id)?.name ?? id}`);
  }

  delivery(message: DeliveryStory['message']): DeliveryStory {
    const known = this.deliveries.get(message.deliveryId);
    if (known !== undefined) return known;
    const replay = message.replayId === undefined ? '' : `!${this.replayName(message.replayId)}`;
    const event = this.eventName(message.tenantId, message.eventId);
    const name = `${event}>${this.targetName(message.subscriptionId)}${replay}`;
    const story: DeliveryStory = {
      name,
      message,
      attempts: [],
      excuses: [],
      queued: false,
      deferred: false,
      emitted: 0,
      states: [],
    };
    this.deliveries.set(message.deliveryId, story);
    return story;
  }

  eventName(tenantId: string, eventId: string): string {
    return `${this.tenantName(tenantId)}.${eventId}`;
  }

  targetName(id: SubscriptionId): string {
    const subscription = this.subscriptions.get(id);
    if (subscription !== undefined) return subscription.name;
    const known = this.urlTargets.get(id) ?? `u${this.urlTargets.size + 1}`;
    this.urlTargets.set(id, known);
    return known;
  }

  replayName(replayId: string): string {
    const known = this.replayNames.get(replayId) ?? `r${this.replayNames.size + 1}`;
    this.replayNames.set(replayId, known);
    return known;
  }

  /**
   * A record was written, or its state changed.
   *
   * @param counted whether by the transaction that counts
   */
  recorded(before: DeliveryRecord | undefined, after: DeliveryRecord, by: string): void {
    const story = this.deliveries.get(after.deliveryId);
    if (story === undefined) return this.violate('1', after.deliveryId, 'a record of a delivery that was never queued');
    this.trace.say(by, () => `RECORD ${story.name} ${described(after)}`);
    if (
      before !== undefined &&
      before.status !== 'pending' &&
      before.status !== after.status &&
      !(after.status === 'delivered' && after.attempts === 1)
    ) {
      this.violate(
        'rule 5',
        story.name,
        `a terminal record was overwritten: ${described(before)} by ${described(after)}`,
      );
    }
    if (before?.status === after.status) return;
    story.states.push({ at: this.timeline.now, status: after.status });
    if (after.status === 'delivered')
      for (const attempt of story.attempts)
        if (attempt.by === by && attempt.accepted) attempt.recordedAt = this.timeline.now;
    if (after.status === 'failed') this.failed(story, by);
  }

  /** What counts: the last attempt failed in the epoch that stands, while enabled; no replay. */
  private failed(story: DeliveryStory, by: string): void {
    const subscription = this.subscriptions.get(story.message.subscriptionId);
    const attempt = story.attempts.findLast((each) => each.by === by);
    const state = subscription?.states.at(-1);
    if (
      subscription === undefined ||
      subscription.deletedAt !== undefined ||
      attempt === undefined ||
      story.message.replayId !== undefined ||
      !state!.enabled ||
      state!.epoch !== attempt.epoch
    )
      return;
    subscription.failures.push({ at: this.timeline.now, epoch: state!.epoch, ours: this.isOurFault(attempt) });
    if (attempt.result?.kind === 'answered' && attempt.result.status === 410)
      subscription.goneAt.push({ at: this.timeline.now, epoch: state!.epoch, delivery: story.message.deliveryId });
  }

  /**
   * The design's numbers: within 60 s, in one environment, over 80 % of at least 10 origins and of at least 5 tenants
   * had transport failures only.
   */
  private isOurFault({ environment, endedAt = 0 }: Attempt): boolean {
    const seen = this.ended.filter(
      (each) => each.environment === environment && each.at <= endedAt && each.at >= endedAt - 60_000,
    );
    const mostlyUnreached = (nameOf: (each: Ended) => string, atLeast: number): boolean => {
      const all = new Set(seen.map(nameOf));
      const reached = new Set(seen.filter((each) => each.reached).map(nameOf));
      return all.size >= atLeast && all.size - reached.size > 0.8 * all.size;
    };
    return mostlyUnreached(({ origin }) => origin, 10) && mostlyUnreached(({ tenant }) => tenant, 5);
  }

  tenantName(tenantId: string): string {
    const known = this.tenants.get(tenantId) ?? `t${this.tenants.size + 1}`;
    this.tenants.set(tenantId, known);
    return known;
  }

  isUrl(story: DeliveryStory): boolean {
    return isUrlTarget(story.message.subscriptionId);
  }
}

export function described({ status, attempts, chain, unsentBy, reason, published }: DeliveryRecord): string {
  return [
    status,
    `n${attempts}`,
    chain === undefined ? '' : `chain ${chain}`,
    unsentBy === undefined ? '' : `unsent by ${unsentBy}`,
    reason?.code ?? '',
    published === true ? 'published' : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
