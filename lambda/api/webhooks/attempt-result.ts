/** How the API describes one request to an endpoint. */
import type { AttemptResult } from '../../core/endpoint/endpoint';

export interface DescribedAttempt {
  readonly http_status?: number;
  readonly latency_ms: number;
  readonly response?: string;
  readonly error?: string;
}

/** @param good whether the answer, if there is one, counts as good */
export function describeAttempt(result: AttemptResult, good: boolean): DescribedAttempt {
  const latency = Math.round(result.latencyMs);
  if (result.kind !== 'answered') return { latency_ms: latency, error: result.message };
  return {
    http_status: result.status,
    latency_ms: latency,
    response: result.answer === '' ? undefined : result.answer,
    error: good ? undefined : describeStatus(result.status),
  };
}

function describeStatus(status: number): string {
  const redirects = status >= 300 && status < 400;
  return `The endpoint answered ${status}${redirects ? '; redirects are not followed' : ''}.`;
}
