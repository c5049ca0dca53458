/**
 * Receives one webhook: verified, once, and with the target before the sender is told so.
 *
 * A copy may come at any time: senders repeat what was not answered in time. So a first write takes a lease, not a
 * mark: whoever holds it hands the event to the target and only then marks it as received. A crash in between leaves a
 * lease that ends by itself, never a mark without an event.
 */
import {
  github,
  hmac,
  leapOcr,
  rekognita,
  type Scheme,
  shopify,
  slack,
  standardWebhooks,
  statusOf,
  stripe,
  VerificationError,
  verify,
  type Verified,
} from '../../../verify/typescript/verify';
import { PortUnavailable } from '../shared/errors';
import {
  challengeOf,
  contentOf,
  isOfItsKind,
  type ReceivedEvent,
  receivedEvent,
  type RequestHeaders,
} from './received-event';
import type { ReceiverScheme, ReceiverSource } from './receiver-settings';
import type { Clock } from '../shared/clock';
import type { Log } from '../shared/log';
import type { ReceivedEvents, Receptions } from './receptions';

/** Longer than the function may run: a lease that is over belongs to nobody. */
export const LEASE_MS = 35_000;
/** A copy waits this long for the first one to end. */
const PATIENCE_MS = 5_000;
const FIRST_POLL_MS = 100;
const MAX_POLL_MS = 1_600;
const MARK_TRIES = 3;
const MARK_AGAIN_MS = 200;
/** After a target that did not take an event, in seconds. */
const TARGET_RETRY_AFTER = 10;

/** A source's secrets: the current one, and the one before during a rotation. */
export interface SourceSecrets {
  /**
   * As they were read lately.
   *
   * @param refresh a signature did not match: they are read again, unless that was done just now
   * @throws PortUnavailable, SettingsError
   */
  value(refresh?: boolean): Promise<readonly string[]>;
}

export interface IncomingRequest {
  readonly body: Uint8Array;
  readonly headers: RequestHeaders;
}

export interface ReceivePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: SourceSecrets;
  readonly receptions: Receptions;
  readonly target: ReceivedEvents;
  /** Names this invocation's lease: random. */
  readonly owner: string;
}

/** Why a request was not received. Stable, and part of the answer. Those of the kit say what was wrong with it. */
export type ReceptionCode =
  | VerificationError['code']
  | 'body_too_large'
  | 'not_an_event'
  | 'copy_in_progress'
  | 'target_unavailable'
  | 'secret_unavailable';

export type Reception =
  | { readonly outcome: 'received' | 'duplicate'; readonly eventId: string }
  | { readonly outcome: 'challenge'; readonly challenge: string }
  /** The sender's fault; the reason is for it, and holds nothing of the request. */
  | {
      readonly outcome: 'refused';
      readonly status: 400 | 401 | 413;
      readonly code: ReceptionCode;
      readonly reason: string;
      readonly retryAfterSeconds?: undefined;
    }
  /** A copy is being taken: what becomes of that is known when this one comes again. */
  | {
      readonly outcome: 'overlapping';
      readonly status: 503;
      readonly code: ReceptionCode;
      readonly reason: string;
      readonly retryAfterSeconds: number;
    }
  /** Ours: it should send the event again. */
  | {
      readonly outcome: 'unavailable';
      readonly status: 500 | 503;
      readonly code: ReceptionCode;
      readonly reason: string;
      readonly retryAfterSeconds?: number;
    };

const SCHEMES: Readonly<Record<Exclude<ReceiverScheme['kind'], 'hmac'>, Scheme>> = {
  leapOcr,
  rekognita,
  standardWebhooks,
  github,
  stripe,
  slack,
  shopify,
};

/** @param deduplicationMs how long an event that was received is known */
export async function receive(
  request: IncomingRequest,
  source: ReceiverSource,
  deduplicationMs: number,
  ports: ReceivePorts,
): Promise<Reception> {
  const { body, headers } = request;
  if (body.length > source.maxBodyBytes) return tooLarge(source);
  let verified: Verified;
  try {
    verified = await verifiedBy(request, source, ports);
  } catch (error) {
    return refusal(error, source, ports);
  }
  const content = contentOf(body);
  if (!isOfItsKind(source.scheme, content))
    return {
      outcome: 'refused',
      status: 400,
      code: 'not_an_event',
      reason: "The body is signed, but it is not a JSON object, as this sender's events are.",
    };
  const challenge = challengeOf(source.scheme, content);
  if (challenge !== undefined) return { outcome: 'challenge', challenge };
  const event = receivedEvent(source.path, source.scheme, {
    body,
    headers,
    verified,
    content,
    receivedAt: ports.clock.now(),
  });
  // What is no JSON grows in the message by its escapes.
  if (Buffer.byteLength(event.message) > ports.target.maxBytes) return tooLarge(source);
  try {
    return await handOver(event, deduplicationMs, ports);
  } catch (error) {
    ports.log.error('event not accepted by the target', {
      source: source.path,
      event_id: event.eventId,
      ...errorFields(error),
    });
    return {
      outcome: 'unavailable',
      status: 503,
      code: 'target_unavailable',
      reason: 'The event was not accepted. Send it again.',
      retryAfterSeconds: TARGET_RETRY_AFTER,
    };
  }
}

async function handOver(
  event: ReceivedEvent,
  deduplicationMs: number,
  { clock, log, receptions, target, owner }: ReceivePorts,
): Promise<Reception> {
  const { source, eventId, identity } = event;
  const key = { source, identity };
  const free = () =>
    receptions
      .free(key, owner)
      .catch((cause: unknown) =>
        log.warn('failed to release lease', { source, event_id: eventId, ...errorFields(cause) }),
      );
  const patientUntil = clock.now() + PATIENCE_MS;
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(2 * pause, MAX_POLL_MS)) {
    const now = clock.now();
    const lease = await receptions.lease(key, owner, now, now + LEASE_MS).catch(async (error: unknown) => {
      await free(); // it may have been written, and its answer lost
      throw error;
    });
    if (lease.state === 'leased') break;
    if (lease.state === 'received') return { outcome: 'duplicate', eventId };
    const left = patientUntil - clock.now();
    if (left <= 0) {
      const retryAfterSeconds = Math.min(Math.max(Math.ceil((lease.until - clock.now()) / 1000), 1), LEASE_MS / 1000);
      return {
        outcome: 'overlapping',
        status: 503,
        code: 'copy_in_progress',
        reason: 'A copy of this event is being processed. Send it again later.',
        retryAfterSeconds,
      };
    }
    await clock.sleep(Math.min(pause, left));
  }
  try {
    await target.send(event);
  } catch (error) {
    await free(); // for the sender's next try; where that fails too, the lease ends by itself
    throw error;
  }
  await mark();
  return { outcome: 'received', eventId };

  /**
   * The event is with the target, whatever becomes of the mark: without it, a copy that comes after the lease is handed
   * over again.
   */
  async function mark(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await receptions.mark(key, owner, clock.now() + deduplicationMs);
        return;
      } catch (error) {
        if (tries === MARK_TRIES) {
          log.error('failed to mark event as received', { source, event_id: eventId, ...errorFields(error) });
          return;
        }
        await clock.sleep(MARK_AGAIN_MS * tries);
      }
    }
  }
}

/**
 * By the secrets that are kept, and where they do not match by those that there are now: a rotated secret works at
 * once.
 */
async function verifiedBy(
  request: IncomingRequest,
  { scheme, toleranceSeconds }: ReceiverSource,
  { clock, secrets }: ReceivePorts,
): Promise<Verified> {
  const by = (known: readonly string[]) =>
    verify(schemeOf(scheme), { ...request, secrets: known, now: Math.floor(clock.now() / 1000), toleranceSeconds });
  const known = await secrets.value();
  try {
    return await by(known);
  } catch (error) {
    if (!(error instanceof VerificationError && error.code === 'signature_mismatch')) throw error;
    const now = await secrets.value(true);
    if (now.join('\n') === known.join('\n')) throw error;
    return by(now);
  }
}

function schemeOf(scheme: ReceiverScheme): Scheme {
  if (scheme.kind !== 'hmac') return SCHEMES[scheme.kind];
  const { header, encoding, prefix, timestampHeader } = scheme;
  return hmac({
    header,
    encoding,
    prefix,
    timestampHeader,
    signedContent: timestampHeader === undefined ? undefined : 'timestamp.body',
  });
}

function refusal(error: unknown, { path }: ReceiverSource, { log }: ReceivePorts): Reception {
  const status = statusOf(error);
  if (status !== 500) {
    const { code, message } = error as VerificationError;
    return { outcome: 'refused', status, code, reason: message };
  }
  log.error('secret cannot be used', { source: path, ...errorFields(error) });
  if (error instanceof PortUnavailable)
    return {
      outcome: 'unavailable',
      status: 503,
      code: 'secret_unavailable',
      reason: 'The signature cannot be verified now. Send it again.',
      retryAfterSeconds: TARGET_RETRY_AFTER,
    };
  return {
    outcome: 'unavailable',
    status: 500,
    code: 'invalid_secret',
    reason: 'The receiver is not set up. Its secret cannot be used.',
  };
}

function tooLarge({ maxBodyBytes }: ReceiverSource): Reception {
  return {
    outcome: 'refused',
    status: 413,
    code: 'body_too_large',
    reason: `The body is too large. At most ${maxBodyBytes} bytes are accepted.`,
  };
}

/** Errors of ours and of AWS say nothing of a secret or a body. */
function errorFields(error: unknown): { readonly error: string; readonly reason: string } {
  return error instanceof Error
    ? { error: error.name, reason: error.message }
    : { error: 'unknown', reason: typeof error };
}
