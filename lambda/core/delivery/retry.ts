/** What follows an attempt: the platform's policy on outcomes, as one function of the attempt's result. */
import { type AttemptResult, isSuccess } from '../endpoint/endpoint';
import type { RetrySettings } from '../shared/profile';
import { reason, type Reason } from '../shared/reason';

export type NextStep =
  | { readonly kind: 'success' }
  /** The next attempt, this long after the end of this one. */
  | { readonly kind: 'retry'; readonly delayMs: number }
  /** No attempt follows. The reason `endpoint-gone` disables the subscription. */
  | { readonly kind: 'final'; readonly reason: Reason };

/** A `Retry-After` beyond this is not waited for. */
const RETRY_AFTER_MAX_MS = 24 * 3600 * 1000;
const GONE = 410;
/** RFC 9110, section 5.6.7, the form that is sent today; Date.parse alone takes nearly anything for a date. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * @param attempt the number of the attempt that ended so, from 1
 * @param now epoch milliseconds, against which a `Retry-After` date is read
 * @param randomFraction from 0 up to 1
 */
export function nextStepAfter(
  result: AttemptResult,
  attempt: number,
  settings: RetrySettings,
  now: number,
  randomFraction: number,
): NextStep {
  if (isSuccess(result)) return { kind: 'success' };
  if (settings.goneDisables && isGone(result)) return { kind: 'final', reason: reason('endpoint-gone') };
  const step = settings.delays[attempt - 1];
  if (step === undefined) return { kind: 'final', reason: reason('last-attempt-failed', { cause: causeOf(result) }) };
  if (!isRetried(result, settings)) return { kind: 'final', reason: causeOf(result) };
  const delayMs = Math.ceil(step * 1000 * (1 + settings.jitter * randomFraction));
  return { kind: 'retry', delayMs: Math.max(delayMs, settings.retryAfter ? retryAfterMs(result, now) : 0) };
}

function isGone(result: AttemptResult): boolean {
  return result.kind === 'answered' && result.status === GONE;
}

function isRetried(result: AttemptResult, { on }: RetrySettings): boolean {
  if (result.kind === 'forbidden') return false; // our own policy: time does not make it allowed
  if (on === 'all-but-success' || result.kind === 'transport') return true;
  return result.status === 408 || result.status === 429 || result.status >= 500;
}

/** RFC 9110, section 10.2.3: seconds or a date, on 429 and 503. Anything else, and a date in the past, is 0. */
function retryAfterMs(result: AttemptResult, now: number): number {
  if (result.kind !== 'answered' || result.retryAfter === undefined) return 0;
  if (result.status !== 429 && result.status !== 503) return 0;
  const waitMs = parseRetryAfterMs(result.retryAfter.trim(), now);
  return Number.isNaN(waitMs) ? 0 : Math.min(Math.max(waitMs, 0), RETRY_AFTER_MAX_MS);
}

function parseRetryAfterMs(value: string, now: number): number {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  return HTTP_DATE.test(value) ? Date.parse(value) - now : NaN;
}

function causeOf(result: AttemptResult): Reason {
  return result.kind === 'answered' ? reason('endpoint-responded', { status: result.status }) : result.reason;
}
