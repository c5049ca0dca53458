/**
 * The port through which webhooks leave: one POST, one deadline, one result.
 *
 * An attempt never throws for what an endpoint or the network did: that is a result. It throws only for our own faults.
 */

import type { Reason } from '../shared/reason';

/** What is sent, and for whom. Sockets are kept by tenant and origin, so that two tenants never share one. */
export interface WebhookRequest {
  readonly tenantId: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes that were signed. */
  readonly body: Uint8Array;
}

/** Where a transport failed. */
export type TransportFailure =
  | 'dns' // the name does not resolve, or the resolver did not answer
  | 'refused' // connection refused
  | 'unreachable' // no route to the address
  | 'reset' // the connection was closed or reset before a whole answer
  | 'tls' // handshake or certificate
  | 'malformed' // the answer is not HTTP, or its headers are too large
  | 'timeout'; // the deadline passed, in whichever phase

/** The part of an attempt in which its deadline passed. */
export type AttemptPhase = 'resolve' | 'connect' | 'tls' | 'headers' | 'body';

/** What became of one attempt. `latencyMs` counts from its start to its end, all phases included. */
export type AttemptResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly latencyMs: number;
      /** The start of the answer's body: at most 1 KiB of a failure's, 128 bytes of a success's, as text. */
      readonly answer: string;
      /** The `Retry-After` header as it came, when there was one. */
      readonly retryAfter?: string;
    }
  | {
      readonly kind: 'transport';
      readonly failure: TransportFailure;
      readonly phase?: AttemptPhase;
      readonly latencyMs: number;
      /** For the endpoint's owner. Names no address. */
      readonly reason: Reason;
    }
  | {
      readonly kind: 'forbidden';
      readonly latencyMs: number;
      /** The rule of the endpoint policy that refused. Never names an address. */
      readonly reason: Reason;
    };

/** The world outside, as the core sees it. */
export interface Endpoint {
  /** @param deadlineMs for resolve, connect, TLS, headers and body together, in milliseconds */
  post(request: WebhookRequest, deadlineMs: number): Promise<AttemptResult>;
}

/** Whether an endpoint can be reached, without an event. */
export interface EndpointProbe {
  /**
   * A HEAD request; any answer, whatever its status, says that it can.
   *
   * @param deadlineMs as of {@link Endpoint.post}
   */
  probe(request: Omit<WebhookRequest, 'body'>, deadlineMs: number): Promise<AttemptResult>;
}

export function isSuccess(result: AttemptResult): boolean {
  return result.kind === 'answered' && result.status >= 200 && result.status < 300;
}

/** No answer at all: what counts for the circuit, and for knowing our own faults. */
export function isTransportFailure(result: AttemptResult): boolean {
  return result.kind === 'transport';
}
