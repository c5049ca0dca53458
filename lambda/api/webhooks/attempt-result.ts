/** How the API describes one request to an endpoint. */
import type { AttemptResult } from '../../core/endpoint/endpoint';
import { reason, type Reason, type ReasonCode } from '../../core/shared/reason';
import { errorFieldsOf } from '../http/reason-resource';

export interface DescribedAttempt {
  readonly http_status?: number;
  readonly latency_ms: number;
  readonly response?: string;
  readonly error?: string;
  readonly error_code?: ReasonCode;
  readonly error_params?: Record<string, unknown>;
}

/** @param good whether the response, if there is one, counts as good */
export function describeAttempt(result: AttemptResult, good: boolean): DescribedAttempt {
  const latency = Math.round(result.latencyMs);
  if (result.kind !== 'answered') return { latency_ms: latency, ...errorFieldsOf(result.reason) };
  return {
    http_status: result.status,
    latency_ms: latency,
    response: result.answer === '' ? undefined : result.answer,
    ...errorFieldsOf(good ? undefined : describeStatus(result.status)),
  };
}

function describeStatus(status: number): Reason {
  const redirects = status >= 300 && status < 400;
  return redirects ? reason('redirect-not-followed', { status }) : reason('endpoint-responded', { status });
}
