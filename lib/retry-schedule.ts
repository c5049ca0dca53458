import { Duration } from 'aws-cdk-lib';

/** Which outcomes of an attempt are tried again. */
export enum RetriedOutcomes {
  /** Transport errors, 408, 429 and 5xx. Any other answer but 2xx is final at once. */
  TRANSIENT = 'transient',
  /** Everything but 2xx. */
  ALL_BUT_SUCCESS = 'all-but-success',
}

/** Options of a {@link RetrySchedule}. */
export interface RetryScheduleOptions {
  /**
   * The most that is added to a delay at random, as a share of it, from 0 to 0.2. Jitter keeps the retries of many
   * deliveries from arriving together after an outage.
   *
   * @default 0.2
   */
  readonly jitter?: number;

  /**
   * Which outcomes are tried again.
   *
   * @default RetriedOutcomes.TRANSIENT
   */
  readonly on?: RetriedOutcomes;

  /**
   * Whether a `Retry-After` of 429 and 503 that is later than the schedule's delay is honored, up to 24 hours.
   *
   * @default true
   */
  readonly honorRetryAfter?: boolean;

  /**
   * Whether the answer 410 Gone disables the subscription.
   *
   * @default false
   */
  readonly goneDisables?: boolean;
}

/** The waits between the attempts of a delivery. Each counts from the end of the attempt before it. */
export class RetrySchedule {
  /** The first attempt is made at once and is not part of the schedule: seven delays make at most eight attempts. */
  public static of(delays: Duration[], options: RetryScheduleOptions = {}): RetrySchedule {
    return new RetrySchedule(delays, options);
  }

  /** What Standard Webhooks 1.0.0 recommends: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h; 410 disables. */
  public static standardWebhooks(): RetrySchedule {
    const waits = [
      Duration.seconds(5),
      Duration.minutes(5),
      Duration.minutes(30),
      ...[2, 5, 10, 14, 20, 24].map((hours) => Duration.hours(hours)),
    ];
    return new RetrySchedule(waits, { goneDisables: true });
  }

  /** The waits, in order. */
  public readonly delays: Duration[];
  /** The most that is added to a delay, as a share of it. */
  public readonly jitter: number;
  /** Which outcomes are tried again. */
  public readonly on: RetriedOutcomes;
  /** Whether `Retry-After` counts. */
  public readonly honorRetryAfter: boolean;
  /** Whether 410 disables. */
  public readonly goneDisables: boolean;

  private constructor(delays: Duration[], options: RetryScheduleOptions) {
    this.jitter = options.jitter ?? 0.2;
    this.on = options.on ?? RetriedOutcomes.TRANSIENT;
    this.honorRetryAfter = options.honorRetryAfter ?? true;
    this.goneDisables = options.goneDisables ?? false;
    this.delays = delays;
    if (!(this.jitter >= 0 && this.jitter <= 0.2))
      throw new Error(`RetrySchedule: jitter is ${this.jitter}, it must be from 0 to 0.2`);
    if (delays.length === 0)
      throw new Error('RetrySchedule: give at least one delay; deferred deliveries wait in its queue, too');
    if (delays.length > 15)
      throw new Error(`RetrySchedule: ${delays.length} delays, at most 15 are allowed; each is a queue`);
    for (const delay of delays) {
      if (delay.isUnresolved()) throw new Error('RetrySchedule: delays must be known at synth, not tokens');
      const seconds = delay.toSeconds({ integral: false });
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > 7 * 86400)
        throw new Error(
          `RetrySchedule: a delay of ${delay.toHumanString()} is not a whole number of seconds from 1 to 7 days`,
        );
    }
  }

  /** @internal */
  public _settings(): object {
    return {
      delays: this.delays.map((delay) => delay.toSeconds()),
      jitter: this.jitter,
      on: this.on,
      retryAfter: this.honorRetryAfter,
      goneDisables: this.goneDisables,
    };
  }

  /**
   * C of the protocol, in seconds: the longest that a delivery can take (rule 9 of docs/architecture.md).
   *
   * @internal
   */
  public _longestDeliverySeconds(): number {
    const day = 86400;
    const waits = this.delays.map((delay) => Math.max(1.2 * delay.toSeconds(), this.honorRetryAfter ? day : 0));
    const [deferrals, rateLimit] = [day, day];
    return Math.ceil(waits.reduce((sum, wait) => sum + wait, 0)) + deferrals + rateLimit;
  }
}
