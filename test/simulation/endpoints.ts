/** The endpoints: how each behaves, and what is true of a request that comes to one. */
import { reason } from '../../lambda/core/shared/reason';
import { createHmac, type KeyObject } from 'node:crypto';
import { type AttemptResult, type Endpoint, isSuccess, type WebhookRequest } from '../../lambda/core/endpoint/endpoint';
import type { TenantId } from '../../lambda/core/shared/identifiers';
import { urlTarget } from '../../lambda/core/shared/identifiers';
import type { Context } from './context';
import type { EndpointKeys } from './endpoint-keys';
import type { Invocation } from './invocation';
import type { Attempt, DeliveryStory, SubscriptionStory } from './ledger';
import type { QueuedMessage } from './queues';
import type { Clock } from '../../lambda/core/shared/clock';

/** By what chance an endpoint answers how; what is left is a 500. */
export interface Behavior {
  readonly success: number;
  readonly notFound: number;
  readonly gone: number;
  readonly tooMany: number;
  readonly hang: number;
  readonly refused: number;
}

const WELL: Behavior = { success: 0.85, notFound: 0.05, gone: 0.01, tooMany: 0.03, hang: 0.02, refused: 0.02 };
const ILL: readonly Behavior[] = [
  { success: 0.1, notFound: 0.6, gone: 0, tooMany: 0.1, hang: 0.05, refused: 0.05 },
  { success: 0.45, notFound: 0.2, gone: 0.02, tooMany: 0.1, hang: 0.05, refused: 0.05 },
  { success: 0.1, notFound: 0, gone: 0, tooMany: 0, hang: 0.4, refused: 0.4 },
  { success: 0, notFound: 0, gone: 0.2, tooMany: 0, hang: 0, refused: 0 },
  { success: 0.3, notFound: 0.1, gone: 0, tooMany: 0.5, hang: 0, refused: 0 },
  { success: 0.45, notFound: 0.5, gone: 0, tooMany: 0, hang: 0, refused: 0 },
];

/** Of an answer, when nothing is slow or refused. */
const RECORDED_WITHIN_MS = 3_000;

export class Endpoints {
  private readonly behaviors = new Map<string, Behavior>();
  /** At the end of a run nobody hangs for good. */
  healed = false;
  /** Our own network is down: nobody can be reached. */
  unreachable = false;

  constructor(
    private readonly context: Context,
    private readonly keys: EndpointKeys,
  ) {}

  /** Some or all endpoints change. */
  flap(): void {
    for (const origin of this.behaviors.keys())
      if (this.context.random.chance(0.6)) this.behaviors.set(origin, this.draw());
  }

  /** As one invocation reaches them. */
  reachedBy(invocation: Invocation, environment: { readonly name: string; readonly clock: Clock }): Endpoint {
    return { post: (request, deadlineMs) => this.post(request, deadlineMs, invocation, environment) };
  }

  private draw(): Behavior {
    return this.context.random.chance(0.5) ? WELL : this.context.random.pick(ILL);
  }

  private behaviorOf(url: string): Behavior {
    const { origin } = new URL(url);
    const known = this.behaviors.get(origin) ?? this.draw();
    this.behaviors.set(origin, known);
    return known;
  }

  private post(
    request: WebhookRequest,
    deadlineMs: number,
    invocation: Invocation,
    { name: environment, clock }: { readonly name: string; readonly clock: Clock },
  ): Promise<AttemptResult> {
    const { timeline, random, trace, ledger, faults } = this.context;
    const about = this.whose(request, invocation);
    if (about === undefined) {
      ledger.violate(
        '2',
        request.url,
        `a request that no message of the batch asked for: ${request.headers['webhook-id']}`,
      );
      return Promise.reject(new Error('nobody asked for this'));
    }
    const { story, messages } = about;
    const attempt: Attempt = {
      by: invocation.name,
      environment,
      numbers: [...new Set(messages.map(({ delivery }) => delivery!.attempt))],
      startedAt: timeline.now,
      dueAt: earliest(messages.map(({ delivery }) => delivery!.dueAt)),
      epoch: invocation.epochs?.get(story.message.subscriptionId),
      body: Buffer.from(request.body).toString('utf8'),
      arrived: false,
      accepted: false,
    };
    story.attempts.push(attempt);
    if (invocation.remainingMs() < deadlineMs + 5_000)
      ledger.violate('rule 3', story.name, `an attempt with ${invocation.remainingMs()} ms left of the invocation`);
    if (attempt.dueAt !== undefined && clock.now() < attempt.dueAt)
      ledger.violate(
        '3',
        story.name,
        `an attempt ${attempt.dueAt - clock.now()} ms before its due time, by the function's own clock`,
      );
    this.checkSender(request, story, invocation);
    return new Promise((resolve) => {
      timeline.after(random.below(30), () => {
        if (invocation.over || invocation.mayDie('request')) return;
        const planned = this.answer(request.url, deadlineMs);
        const ambiguous = isSuccess(planned) && faults.strikes('ambiguous', 0.08);
        if (ambiguous) ledger.excuse(story.message.deliveryId, 'its answer came too late');
        const result: AttemptResult = ambiguous ? timeout(deadlineMs) : planned;
        attempt.arrived = result.kind === 'answered' || ambiguous || random.chance(0.5);
        attempt.accepted = isSuccess(planned);
        trace.say(
          invocation.name,
          () =>
            `ATTEMPT ${story.name} k${attempt.numbers.join(' or ')}: ` +
            `${ambiguous ? 'accepted, but ' : ''}${describe(result)}`,
        );
        timeline.after(result.latencyMs, () => {
          attempt.endedAt = timeline.now;
          attempt.result = result;
          if (invocation.over || invocation.mayDie('answer')) return;
          ledger.ended.push({
            at: timeline.now,
            environment,
            tenant: request.tenantId,
            origin: new URL(request.url).origin,
            reached: result.kind !== 'transport',
          });
          if (isSuccess(result)) this.noteSuccess(story, attempt, invocation);
          resolve(result);
        });
      });
    });
  }

  /** A crash must lose no more successes than had just come (rule 5). */
  private noteSuccess(story: DeliveryStory, attempt: Attempt, invocation: Invocation): void {
    const { ledger, timeline } = this.context;
    ledger.subscriptions.get(story.message.subscriptionId)?.successes.push(attempt);
    timeline.after(RECORDED_WITHIN_MS, () => {
      const forgotten =
        attempt.recordedAt === undefined && story.excuses.length === 0 && !invocation.over && invocation.undisturbed;
      if (forgotten)
        ledger.violate(
          'rule 5',
          story.name,
          `a success that is not on record ${RECORDED_WITHIN_MS} ms after its answer`,
        );
    });
  }

  /**
   * The delivery that a request is an attempt of: an endpoint sees an event's id and a URL, and so the batch is asked.
   */
  private whose(
    request: WebhookRequest,
    { batch }: Invocation,
  ): { story: DeliveryStory; messages: readonly QueuedMessage[] } | undefined {
    const target = this.subscriptionAt(request.url)?.id ?? urlTarget(request.url);
    const messages = batch.filter(
      ({ delivery }) =>
        delivery?.tenantId === request.tenantId &&
        delivery.eventId === request.headers['webhook-id'] &&
        delivery.subscriptionId === target,
    );
    return messages.length === 0
      ? undefined
      : { story: this.context.ledger.delivery(messages[0]!.delivery!), messages };
  }

  private subscriptionAt(url: string): SubscriptionStory | undefined {
    const name = /^https:\/\/(s\d+)\./.exec(url)?.[1];
    return name === undefined
      ? undefined
      : [...this.context.ledger.subscriptions.values()].find((story) => story.name === name);
  }

  /**
   * The request is one that its subscription asked for at some moment since the batch began: enabled, that URL, that
   * secret.
   */
  private checkSender(request: WebhookRequest, story: DeliveryStory, invocation: Invocation): void {
    const { ledger } = this.context;
    const subscription = ledger.subscriptions.get(story.message.subscriptionId);
    if (subscription === undefined) {
      const key = this.keys.accounts.get(request.tenantId as TenantId);
      if (key === undefined || !isSignedBy(request, key))
        ledger.violate('2', story.name, "not signed with the account's secret");
      if (story.message.url !== request.url)
        ledger.violate('2', story.name, `sent to ${request.url}, not to ${story.message.url}`);
      return;
    }
    const current = subscription.states.filter(({ from }, index) => {
      const until = subscription.states[index + 1]?.from ?? subscription.deletedAt ?? Infinity;
      return from <= this.context.timeline.now && until >= invocation.startedAt;
    });
    const right = current.some((state) => state.enabled && state.url === request.url && isSignedBy(request, state.key));
    if (!right)
      ledger.violate(
        '4',
        story.name,
        `an attempt for a state of ${subscription.name} that ended before the batch began: ${request.url}`,
      );
  }

  private answer(url: string, deadlineMs: number): AttemptResult {
    const { random } = this.context;
    const { success, notFound, gone, tooMany, hang, refused } = this.behaviorOf(url);
    const latencyMs = 5 + random.below(random.chance(0.1) ? 4_000 : 300);
    const answered = (status: number, retryAfter?: string): AttemptResult => ({
      kind: 'answered',
      status,
      latencyMs,
      answer: '',
      ...(retryAfter !== undefined && { retryAfter }),
    });
    if (this.unreachable) return timeout(deadlineMs);
    let left = random.fraction();
    const falls = (share: number): boolean => (left -= share) < 0;
    if (falls(success)) return answered(random.pick([200, 204]));
    if (falls(notFound)) return answered(404);
    if (falls(gone)) return answered(410);
    if (falls(tooMany)) return answered(random.pick([429, 503]), this.retryAfter());
    if (!this.healed && falls(hang)) return timeout(deadlineMs);
    if (!this.healed && falls(refused))
      return {
        kind: 'transport',
        failure: 'refused',
        phase: 'connect',
        latencyMs: 5 + random.below(50),
        reason: reason('connection-refused'),
      };
    return answered(500);
  }

  private retryAfter(): string | undefined {
    const { random, timeline } = this.context;
    const seconds = random.pick([1, 30, 120, 1_500, 7_200]);
    return random.pick([undefined, String(seconds), new Date(timeline.now + seconds * 1000).toUTCString()]);
  }
}

function timeout(deadlineMs: number): AttemptResult {
  return {
    kind: 'transport',
    failure: 'timeout',
    phase: 'headers',
    latencyMs: deadlineMs,
    reason: reason('timeout-headers', { seconds: deadlineMs / 1000 }),
  };
}

/** As a receiver verifies it, by the Standard Webhooks specification 1.0.0. */
function isSignedBy({ headers, body }: WebhookRequest, key: KeyObject): boolean {
  const expected = createHmac('sha256', key)
    .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`)
    .update(body)
    .digest('base64');
  return headers['webhook-signature']!.split(' ').includes(`v1,${expected}`);
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  return times.some((time) => time === undefined) ? undefined : Math.min(...(times as number[]));
}

/** For the trace. */
function describe(result: AttemptResult): string {
  if (result.kind !== 'answered') return result.reason.code;
  return `${result.status}${result.retryAfter === undefined ? '' : `, Retry-After ${result.retryAfter}`}`;
}
