import type { AttemptResult, Endpoint, WebhookRequest } from '../../lambda/core/endpoint';

/** An endpoint that answers 200, unless it is told otherwise. */
export class ScriptedEndpoint implements Endpoint {
  readonly requests: WebhookRequest[] = [];
  /** What the next attempts end with. */
  readonly results: (AttemptResult | (() => Promise<AttemptResult>))[] = [];

  post(request: WebhookRequest): Promise<AttemptResult> {
    this.requests.push(request);
    const next = this.results.shift() ?? answered(200);
    return typeof next === 'function' ? next() : Promise.resolve(next);
  }
}

export function answered(status: number, answer = ''): AttemptResult {
  return { kind: 'answered', status, latencyMs: 12, answer };
}

export function timedOut(): AttemptResult {
  return { kind: 'transport', failure: 'timeout', phase: 'headers', latencyMs: 10_000, message: 'the endpoint did not answer within 10 s' };
}
