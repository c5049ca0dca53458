import type { AttemptResult, Endpoint, EndpointProbe, WebhookRequest } from '../../lambda/core/endpoint/endpoint';

import { reason } from '../../lambda/core/shared/reason';

/** An endpoint that answers 200, unless it is told otherwise. */
export class ScriptedEndpoint implements Endpoint, EndpointProbe {
  readonly requests: WebhookRequest[] = [];
  readonly probes: Omit<WebhookRequest, 'body'>[] = [];
  /** What the next attempts end with. */
  readonly results: (AttemptResult | (() => Promise<AttemptResult>))[] = [];

  post(request: WebhookRequest): Promise<AttemptResult> {
    this.requests.push(request);
    const next = this.results.shift() ?? answered(200);
    return typeof next === 'function' ? next() : Promise.resolve(next);
  }

  probe(request: Omit<WebhookRequest, 'body'>): Promise<AttemptResult> {
    this.probes.push(request);
    const next = this.results.shift() ?? answered(204);
    return typeof next === 'function' ? next() : Promise.resolve(next);
  }
}

export function answered(status: number, answer = ''): AttemptResult {
  return { kind: 'answered', status, latencyMs: 12, answer };
}

export function timedOut(): AttemptResult {
  return {
    kind: 'transport',
    failure: 'timeout',
    phase: 'headers',
    latencyMs: 10_000,
    reason: reason('timeout-headers', { seconds: 10 }),
  };
}

export function refusedConnection(): AttemptResult {
  return { kind: 'transport', failure: 'refused', latencyMs: 3, reason: reason('connection-refused') };
}

export function forbidden(): AttemptResult {
  return {
    kind: 'forbidden',
    latencyMs: 2,
    reason: reason('address-not-public'),
  };
}
