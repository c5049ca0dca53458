/**
 * Deliberate bugs, each a change of a few lines in a copy of the source: the simulator must find every one. Each names
 * the faults under which it shows soonest.
 */
import type { FaultMix } from './faults';

export interface Mutation {
  readonly name: string;
  /** What is wrong with it, for the table in README.md. */
  readonly bug: string;
  /** From the root of the project. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Under which it shows. */
  readonly faults: FaultMix;
  /** First seed to try. */
  readonly from?: number;
  /** How many seeds may pass until it shows. */
  readonly within?: number;
}

const DELIVER = 'lambda/core/delivery/deliver.ts';
const TURN = 'lambda/core/delivery/turn.ts';
const DISPATCH = 'lambda/core/events/dispatch.ts';
const FAILURES = 'lambda/core/delivery/record-failure.ts';
const SUCCESSES = 'lambda/core/delivery/record-success.ts';
const CHECK = 'lambda/core/delivery/check.ts';
const RECOVERY = 'lambda/core/replay/recovery.ts';
const RATE_LIMITER = 'lambda/core/endpoint/rate-limiter.ts';
const MANUAL_RETRY = 'lambda/core/replay/manual-retry.ts';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'record-before-re-enqueue',
    bug: 'the record says that the attempt was made before the next one is queued: a crash between loses the delivery',
    file: TURN,
    find: `    const sent = await this.batch.retryQueue.send(next);
    const record: DeliveryRecord =`,
    replace: `    const early = { attempts: message.attempt, chain: next.chain, dueAt, history };
    await turn.retryWrite(() =>
      this.ports.deliveries.settle({ ...turn.pendingRecord(target), ...early }, message.attempt),
    );
    const sent = await this.batch.retryQueue.send(next);
    const record: DeliveryRecord =`,
    faults: ['crash-deliver'],
  },
  {
    name: 'unconditional-record',
    bug: 'a retry is recorded over whatever stands there',
    file: TURN,
    find: `    const written = await turn.retryWrite(() => this.ports.deliveries.settle(record, message.attempt));
    if (!sent) return 'returned';`,
    replace: `    const written = await turn.retryWrite(async () => {
      await this.ports.deliveries.putDelivered([record]);
      return { written: true } as { written: true } | { written: false; stored: DeliveryRecord };
    });
    if (!sent) return 'returned';`,
    faults: ['slow'],
  },
  {
    name: 'terminal-record-overwritten',
    bug: "a later attempt's success is written over a terminal record",
    file: SUCCESSES,
    find: `    const [firsts, later] = [
      write.filter(({ attempt }) => attempt === 1),
      write.filter(({ attempt }) => attempt > 1),
    ];`,
    replace: 'const [firsts, later] = [write, [] as Success[]];',
    faults: 'all',
  },
  {
    name: 'no-chain-id',
    bug: 'a message may make its attempt whatever chain it belongs to',
    file: CHECK,
    find: 'if (record.chain === message.chain) return',
    replace: 'if (true as boolean) return',
    faults: 'free',
  },
  {
    name: 'no-check-on-a-redrive',
    bug: 'first attempts go unchecked however old their event is',
    file: CHECK,
    find: 'return message.attempt === 1 && message.replayId === undefined && now - message.arrivedAt < UNCHECKED_MS;',
    replace: 'return message.attempt === 1 && message.replayId === undefined;',
    faults: 'free',
  },
  {
    name: 'copy-dropped-at-the-claim',
    bug: 'a repeated event fans out nothing: a dispatch that died half-way is never made good',
    file: DISPATCH,
    find: "return { kind: 'repeated', deliveries: await this.fanOutAgain(claim) };",
    replace: "return { kind: 'repeated', deliveries: [] };",
    faults: ['crash-dispatch'],
  },
  {
    name: 'copy-not-delayed',
    bug: 'a repeated fan-out comes while a first attempt is in flight: not yet on record, it is made again',
    file: DISPATCH,
    find: 'Math.ceil((UNCHECKED_MS + this.settings.deliverTimeoutMs) / 1000), (route)',
    replace: '0, (route)',
    faults: ['copies'],
  },
  {
    name: 'refused-take-drops-the-message',
    bug: 'a message that could not take the record is dropped: the one that did may be a copy that dies',
    file: TURN,
    find: "!(await this.ports.deliveries.claim(turn.pendingRecord(target)))) return 'returned';",
    replace: "!(await this.ports.deliveries.claim(turn.pendingRecord(target)))) return 'dropped';",
    faults: ['duplicate', 'send-refused', 'backlog', 'slow'],
  },
  {
    name: 'deferral-with-a-new-chain',
    bug: 'a deferred message is not known by the record any more',
    file: TURN,
    find: 'return { ...waiting, dueAt: now + waitMs, deferredMs: deferredMs + waitMs };',
    replace:
      'const chain = newChain(this.ports.random); ' +
      'return { ...waiting, chain, dueAt: now + waitMs, deferredMs: deferredMs + waitMs };',
    faults: ['circuits'],
  },
  {
    name: 'de-duplication-before-the-check',
    bug: 'of two messages of a delivery in a batch the first counts, though it may be the one that the check drops',
    file: TURN,
    find: '    const decision = goesUnchecked(',
    replace: `    const { passed } = this.batch;
    if (passed.has(message.deliveryId)) return 'dropped';
    passed.set(message.deliveryId, Promise.resolve('dropped'));
    const decision = goesUnchecked(`,
    faults: 'free',
  },
  {
    name: 'nothing-owed',
    bug: 'after a refused send the attempt is not recorded, and is made again',
    file: TURN,
    find: `    const record: DeliveryRecord = {
      ...turn.pendingRecord(target),
      attempts: message.attempt,
      chain`,
    replace: `    if (!sent) return 'returned';
    const record: DeliveryRecord = {
      ...turn.pendingRecord(target),
      attempts: message.attempt,
      chain`,
    faults: ['send-refused'],
  },
  {
    name: 'counting-without-epoch',
    bug: 'failures of attempts from before the owner enabled it again count',
    file: FAILURES,
    find: '      if (counted.outdated) {',
    replace: `      const now = counted.outdated ? await this.readSubscription(key) : undefined;
      if (now?.enabled === true && (await this.ports.failures.count(key, now.epoch, left)).counted) break;
      if (counted.outdated) {`,
    faults: ['owners', 'slow'],
  },
  {
    name: 'counting-outside-the-transaction',
    bug: 'the records are written, and then the count: a crash between loses failures',
    file: 'test/simulation/tables.ts',
    find: `        return invocation.call(
          'record',
          'count',`,
    replace: `        const counts = this.store.subscriptions.some(
          (each) => each.id === key.subscriptionId && each.epoch === epoch && each.enabled,
        );
        if (counts && failures.every(({ record, attempt }) => this.log.takes(record, attempt))) {
          return invocation.call('record', 'records', () => this.noting(records, invocation, () => {
            for (const record of records) this.log.put(record);
            return Promise.resolve();
          })).then(() => invocation.call('state', 'count alone', () => {
            const now = this.store.subscriptions.find((each) => each.id === key.subscriptionId && each.epoch === epoch);
            if (now !== undefined) this.store.change(now, { count: now.count + failures.length });
            return { counted: true } as const;
          }));
        }
        return invocation.call(
          'record',
          'count',`,
    faults: ['crash-deliver', 'write-refused'],
  },
  {
    name: 'a-success-does-not-forgive',
    bug: 'the streak goes on through successes',
    file: SUCCESSES,
    find: 'retryWrite(() => this.ports.failures.resetStreak(record, epoch), this.ports.clock, this.remainingMs);',
    replace: 'Promise.resolve(record);',
    faults: 'none',
  },
  {
    name: 'forgiveness-after-the-record',
    bug: 'the streak is read and countAtLastSuccess only when the success is on record',
    file: SUCCESSES,
    find: `    const failed = await this.resetStreaks(group);
    const write = group.filter((success) => !failed.has(success));`,
    replace: `    const unforgiven = new Map<Success, unknown>();
    const write = [...group];
    void Promise.resolve().then(() => this.ports.clock.sleep(1_000)).then(() => this.resetStreak(group));`,
    faults: 'free',
  },
  {
    name: 'a-decision-without-its-conditions',
    bug: 'whoever saw a streak of N disables, whatever came since',
    file: FAILURES,
    find: 'const options = { ignoreStreak: isGone(why) };',
    replace: 'const options = { ignoreStreak: true };',
    faults: ['slow', 'flap'],
  },
  {
    name: 'notified-left-out',
    bug: 'who reads a failed record drops its message: a decision that a crash cut off is never made',
    file: CHECK,
    find: "if (isIncomplete(record)) return { kind: 'complete', record };",
    replace: '',
    faults: ['crash-deliver'],
  },
  {
    name: 'cached-subscription',
    bug: 'an execution environment keeps what it read of a subscription for a minute',
    file: DELIVER,
    find: '      const found = await subscriptions.read(asked, [...accounts]);',
    replace: `      type Found = Awaited<ReturnType<SubscriptionReader['read']>>;
      const cache = subscriptions as unknown as { kept?: Map<string, { at: number; found: Found }> };
      cache.kept ??= new Map();
      const name = [...keys.keys()].join();
      const kept = cache.kept.get(name);
      const fresh = kept !== undefined && clock.now() - kept.at < 60_000;
      const found = fresh ? kept.found : await subscriptions.read(asked, [...accounts]);
      if (!fresh) cache.kept.set(name, { at: clock.now(), found });`,
    faults: ['owners'],
  },
  {
    name: 'lost-hop',
    bug: 'a wait hop that was refused is not given back',
    file: 'lambda/core/delivery/long-delay.ts',
    find: "results[index] !== 'sent' && returned.push(messageId)",
    replace: "results[index] === 'unanswered' && returned.push(messageId)",
    faults: ['send-refused'],
  },
  {
    name: 'dropped-batch-failure',
    bug: 'what goes back is deleted: the handler leaves out the partial batch response',
    file: DELIVER,
    find: "returned: queued.filter((_each, index) => ended[index] === 'returned').map(({ messageId }) => messageId),",
    replace: 'returned: batch.filter(() => false).map(({ messageId }) => messageId),',
    faults: ['read-refused'],
  },
  {
    name: "copy's-payload-sent",
    bug: "a repeated fan-out carries the copy's bytes, and not the stored event's",
    file: DISPATCH,
    find: 'deliveries: await this.fanOutAgain(claim) };',
    replace:
      'deliveries: (await this.fanOutAgain(claim)).map(' +
      '(delivery) => ({ ...delivery, message: { ...delivery.message, payload: event.payload } })) };',
    faults: ['copies', 'send-refused'],
  },
  {
    name: 'retry-after-ignored',
    bug: 'an endpoint that asks for time gets none',
    file: 'lambda/core/delivery/retry.ts',
    find: 'settings.retryAfter ? retryAfterMs(result, now) : 0',
    replace: 'settings.retryAfter && attempt > 99 ? retryAfterMs(result, now) : 0',
    faults: 'none',
  },
  {
    name: 'negative-jitter',
    bug: 'jitter makes waits shorter, too',
    file: 'lambda/core/delivery/retry.ts',
    find: '(1 + settings.jitter * randomFraction)',
    replace: '(1 + settings.jitter * (randomFraction - 0.5))',
    faults: 'none',
  },
  {
    name: 'due-time-not-checked',
    bug: 'a message that comes before its time is attempted',
    file: TURN,
    find: '    if (message.dueAt !== undefined && now < message.dueAt) return message;\n',
    replace: '',
    faults: ['skew'],
  },
  {
    name: 'wait-in-the-tier',
    bug: 'a wait of more than 15 minutes is cut to 15',
    file: 'lambda/core/delivery/queue-choice.ts',
    find: 'if (remainingMs > LONGEST_DELAY_MS) return',
    replace: 'if (remainingMs > 1e12) return',
    faults: 'none',
  },
  {
    name: 'young-subscriptions-match',
    bug: 'a repeated fan-out delivers to subscriptions that were made after the event',
    file: DISPATCH,
    find: '(route) => route.createdAt <= stored.arrivedAt + CLOCK_SLACK_MS',
    replace: '(route) => route.createdAt <= stored.arrivedAt + 1e12',
    faults: ['owners', 'copies'],
  },
  {
    name: 'attempt-without-time',
    bug: 'an attempt starts though the invocation ends before it',
    file: TURN,
    find: "if (this.batch.remainingMs() < this.settings.deadlineSeconds * 1000 + AFTER_ATTEMPT_MS) return 'returned';",
    replace: '',
    faults: ['slow'],
  },
  {
    name: 'successes-at-the-end',
    bug: 'successes wait for the end of the batch: a crash loses them all',
    file: SUCCESSES,
    find: '    return this.writer.write(success);',
    replace: '    return this.ports.clock.sleep(11_000).then(() => this.writer.write(success));',
    faults: 'none',
  },
  {
    name: 'replays-count',
    bug: 'manual retries and recoveries count towards disabling',
    file: TURN,
    find: ' && message.replayId === undefined && !ownFault',
    replace: ' && !ownFault',
    faults: ['replays', 'owners'],
  },
  {
    name: 'gone-forgotten',
    bug: '410 disables nobody',
    file: FAILURES,
    find: 'if (gone !== undefined) return gone.reason;',
    replace: '',
    faults: 'none',
  },
  {
    name: 'own-fault-counted',
    bug: 'failures count though nearly nobody could be reached',
    file: TURN,
    find: 'const ownFault = this.batch.suspectsOwnFault();',
    replace: 'const ownFault = false as boolean;',
    faults: 'none',
  },
  {
    name: 'overtaking-retry-dropped',
    bug: 'a retry that comes before the record of the attempt before it is dropped',
    file: CHECK,
    find: "return { kind: 'attempt' }; // the record is behind",
    replace: "return { kind: 'drop' }; // the record is behind",
    faults: 'all',
  },
  {
    name: 'owing-record-ignored',
    bug: 'a copy whose write was refused is deleted, though the record owes its message a re-enqueue',
    file: TURN,
    find: "return mustResend(this.message, stored) ? 'returned' : this.completed(stored);",
    replace: 'return this.completed(stored);',
    faults: ['duplicate', 'send-refused', 'slow'],
  },
  {
    name: 'unanswered-send-counts-as-sent',
    bug: 'a send without an answer is taken for done, and its message may be in no queue',
    file: 'lambda/core/delivery/retry-queue.ts',
    find: "return result === 'sent';",
    replace: "return result === 'sent' || result === 'unanswered';",
    faults: ['send-unanswered'],
  },
  {
    name: 'refused-streak-read-forgives-nothing',
    bug: 'a success that could not read the streak takes it for none',
    file: SUCCESSES,
    find: 'const reset = streaks !== undefined && (streak?.epoch !== epoch || streak.length === 0) ?',
    replace: 'const countAtLastSuccess = streak?.epoch !== epoch || streak.length === 0 ?',
    faults: ['read-refused'],
  },
  {
    name: 'announced-left-out',
    bug: 'who finds it disabled says nothing: a crash between disabling and saying so is never made good',
    file: FAILURES,
    find: 'if (!subscription.enabled) return this.publishDisabling(subscription);',
    replace: 'if (!subscription.enabled) return;',
    faults: ['crash-deliver'],
  },
  {
    name: 'hop-with-a-new-due-time',
    bug: 'a wait hop counts from its own start',
    file: 'lambda/core/delivery/long-delay.ts',
    find: 'return [{ messageId, message, ...queueFor(message, clock.now(), tiers) }];',
    replace:
      'const hopped = { ...message, dueAt: clock.now() }; ' +
      'return [{ messageId, message: hopped, ...queueFor(hopped, clock.now(), tiers) }];',
    faults: 'none',
  },
  {
    name: 'replays-unchecked',
    bug: 'first attempts of replays go unchecked while they are young: a page that two workers do is sent twice',
    file: CHECK,
    find: ' && message.replayId === undefined && now',
    replace: ' && now',
    faults: ['replays', 'duplicate'],
  },
  {
    name: 'recovery-without-marks',
    bug: 'an original does not know its replays: another recovery resends what this one delivered',
    file: RECOVERY,
    find: `(await ports.deliveries.markReplay(
      { ...message, deliveryId: message.replayOf! },
      message.deliveryId,
      REPLAYS_MAX,
    )) === 'marked'`,
    replace: 'Promise.resolve(message !== undefined)',
    faults: ['replays'],
  },
  {
    name: 'manual-retry-without-mark',
    bug: 'an original does not know that it was retried by hand: a recovery resends what was delivered since',
    file: MANUAL_RETRY,
    find: 'await deliveries.markReplay({ ...key, deliveryId: message.replayOf! }, message.deliveryId, REPLAYS_MAX);',
    replace: "await Promise.resolve('marked' as string);",
    faults: ['replays'],
  },
  {
    name: 'mark-taken-for-a-send',
    bug: 'a page that is done again takes a marked original for one that was sent: a crash between the two loses it',
    file: RECOVERY,
    find: 'if (replays.has(message.deliveryId)) before += 1;',
    replace: 'if (record.replays?.includes(message.deliveryId) === true) before += 1;',
    faults: ['replays', 'crash-dispatch'],
  },
  {
    name: 'checkpoint-before-send',
    bug: 'a recovery says that it is past a page before the page is sent',
    file: RECOVERY,
    find: `  const done = await resend(job, subscription!, slice.entries, settings, ports);
  const [last, next] = [slice.entries.at(-1), slice.more ? shard : shard + 1];
  const place = {
    shard: next,
    after: slice.more ? last?.deliveryId : undefined,
    examined: job.examined + slice.entries.length,
  };
  return checkpoint(`,
    replace: `  const done = NOTHING;
  const [last, next] = [slice.entries.at(-1), slice.more ? shard : shard + 1];
  const examined = job.examined + slice.entries.length;
  const place = { shard: next, after: slice.more ? last?.deliveryId : undefined, examined };
  const sending = () => resend(job, subscription!, slice.entries, settings, ports);
  const late = async (...args: Parameters<typeof checkpoint>) => {
    const end = await checkpoint(...args);
    await sending();
    return end;
  };
  return late(`,
    faults: ['replays', 'crash-dispatch', 'send-refused'],
  },
  {
    name: 'page-sent-in-part',
    bug: 'a recovery goes on though a queue refused some of a page',
    file: RECOVERY,
    find: '  if (sent.length < messages.length) throw',
    replace: '  if (sent.length < 0) throw',
    faults: ['replays', 'send-refused'],
  },
  {
    name: 'continuation-forgotten',
    bug: "a message whose page is done sends nothing: a crash before the next page's message ends the recovery",
    file: RECOVERY,
    find: 'if (job.page === step.page + 1) return sendNext(job, ports);',
    replace: 'if (job.page === step.page + 1) return NOTHING;',
    faults: ['replays', 'crash-dispatch'],
  },
  {
    name: 'lost-race-dropped',
    bug: 'who loses the race for a checkpoint deletes its message, which the winner may need',
    file: RECOVERY,
    find: "throw new RaceLost('another worker was first with this page');",
    replace: 'return NOTHING;',
    faults: ['replays', 'duplicate', 'answer-lost'],
  },
  {
    name: 'replay-with-a-new-time',
    bug: "a recovery's deliveries take the time of their page: a page that is done again makes others",
    file: RECOVERY,
    find: 'replayMessage(record, job.id, job.createdAt, random)',
    replace: 'replayMessage(record, job.id, clock.now(), random)',
    faults: ['replays'],
  },
  {
    name: 'pending-replay-ignored',
    bug: 'a recovery resends what another replay is about to deliver',
    file: RECOVERY,
    find: "(record.status === 'failed' || record.status === 'cancelled')",
    replace: "record.status !== 'delivered'",
    faults: ['replays'],
  },
  {
    name: 'replays-recovered',
    bug: 'a recovery takes replays for originals',
    file: RECOVERY,
    find: 'entries.filter(({ replayOf }) => replayOf === undefined)',
    replace: 'entries.filter(({ replayOf }) => replayOf === undefined || replayOf !== undefined)',
    faults: ['replays'],
  },
  {
    name: 'recovery-without-bounds',
    bug: 'a recovery resends what was not asked for: events from before its time',
    file: RECOVERY,
    find: '{ since, until: createdAt,',
    replace: '{ since: since - 1e9, until: createdAt,',
    faults: ['replays'],
  },
  {
    name: 'retry-answered-before-it-is-queued',
    bug: 'a manual retry that the queue refused is answered as if it were on its way',
    file: MANUAL_RETRY,
    find: "if (result !== 'sent') throw",
    replace: "if (result === 'unanswered') throw",
    faults: ['replays', 'send-refused'],
  },
  {
    name: 'replay-recorded-before-it-is-queued',
    bug: 'a manual retry is on record before it is in its queue: a crash between leaves it pending for good',
    file: MANUAL_RETRY,
    find: '  const [result] = await sendReplays(',
    replace: `  const expiry = Math.ceil(now / 1000) + settings.deliveryTtlSeconds;
  await showReplay(pendingReplay(message, url, expiry), ports);
  const [result] = await sendReplays(`,
    faults: ['replays', 'crash-dispatch', 'send-refused'],
  },
  {
    name: 'rate-limit-not-asked',
    bug: 'an attempt goes whatever its rate limit says',
    file: TURN,
    find: "    if (turn.kind === 'now') return undefined;",
    replace: '    if (turn.kind !== undefined) return undefined;',
    faults: ['rate-limits'],
  },
  {
    name: 'rate-limit-per-function',
    bug: 'a turn is decided by the marks as the batch read them, so each function has the limit to itself',
    file: RATE_LIMITER,
    find: '      if (moved.advanced) return count;',
    replace: '      if (moved.advanced || attempt === 1) return count;',
    faults: ['rate-limits', 'backlog'],
  },
  {
    name: 'rate-limit-refuses-and-forgets',
    bug: 'what finds no room is taken for sent',
    file: TURN,
    find: "if (deferral !== undefined) return (await this.batch.retryQueue.send(deferral)) ? 'deferred' : 'returned';",
    replace: `    if (deferral !== undefined) {
      if ((deferral.rateWaitedMs ?? 0) > 0) return 'deferred';
      return (await this.batch.retryQueue.send(deferral)) ? 'deferred' : 'returned';
    }`,
    faults: ['rate-limits'],
  },
  {
    name: 'rate-limit-breaks-the-chain',
    bug: 'a message that waits for its turn gets a chain id of its own, which the record does not know',
    file: TURN,
    find: 'return { ...waiting, dueAt: turn.at, rateWaitedMs,',
    replace: 'return { ...waiting, chain: newChain(this.ports.random), dueAt: turn.at, rateWaitedMs,',
    faults: ['rate-limits'],
  },
  {
    name: 'rate-limit-for-first-attempts-alone',
    bug: 'retries do not ask for their turn',
    file: TURN,
    find: 'target.rateLimit === undefined) return undefined;',
    replace: 'target.rateLimit === undefined || message.attempt > 1) return undefined;',
    faults: ['rate-limits'],
  },
];
