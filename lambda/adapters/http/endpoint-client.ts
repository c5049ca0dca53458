/**
 * The one way out for webhooks: POST over HTTP/1.1 by undici's own client, behind the endpoint guard; and HEAD, to see
 * whether an endpoint can be reached.
 *
 * Redirects are not followed, answers are not decompressed, nothing is sent twice: a kept-alive socket that the server
 * has closed by the time of a POST is noticed before it is written and replaced; one that the server closes afterwards
 * is a `reset`, because the server may have acted on the request. The retry is the schedule's.
 */
import type { AttemptResult, Endpoint, EndpointProbe, WebhookRequest } from '../../core/endpoint/endpoint';
import { checkEndpointUrl, type EndpointPolicy, type PolicyRefusal } from '../../core/endpoint/endpoint-policy';
import { Attempt } from './attempt';
import { ConnectionPool, ConnectionPools } from './connection-pool';
import { createDial, type Dial } from './dial';
import type { ConnectionGuard, Destination } from './guarded-connect';
import { CachingResolver, type Resolver } from './resolver';

export interface EndpointClientOptions {
  readonly policy: EndpointPolicy;
  /** @default - c-ares with the system's name servers */
  readonly resolver?: Resolver;
  /**
   * Authorities to trust instead of Node's own, in PEM.
   *
   * @default - Node's own, and those of NODE_EXTRA_CA_CERTS
   */
  readonly ca?: string;
  /**
   * Opens a socket to a checked address.
   *
   * @default - TCP or TLS
   */
  readonly dial?: Dial;
  /**
   * How many sockets a tenant has to an origin: at least as many as a batch has attempts, so that none waits for
   * another.
   *
   * @default 16
   */
  readonly connectionsPerOrigin?: number;
  /**
   * For how many pairs of tenant and origin sockets are kept.
   *
   * @default 256
   */
  readonly maxPools?: number;
}

const DEFAULT_CONNECTIONS_PER_ORIGIN = 16;
const DEFAULT_MAX_POOLS = 256;
const MAX_KNOWN_URLS = 1000;

/** An URL that the policy allows, taken apart. */
export interface Target {
  readonly origin: string;
  readonly path: string;
  readonly destination: Destination;
}

export class EndpointClient implements Endpoint, EndpointProbe {
  private readonly policy: EndpointPolicy;
  private readonly guard: ConnectionGuard;
  private readonly connectionsPerOrigin: number;
  private readonly pools: ConnectionPools;
  private readonly targets = new Map<string, Target>();
  private closed = false;

  constructor(options: EndpointClientOptions) {
    this.policy = options.policy;
    this.guard = {
      policy: options.policy,
      resolver: options.resolver ?? new CachingResolver(),
      dial: options.dial ?? createDial(options.ca),
    };
    this.connectionsPerOrigin = atLeastOne(
      'connectionsPerOrigin',
      options.connectionsPerOrigin ?? DEFAULT_CONNECTIONS_PER_ORIGIN,
    );
    this.pools = new ConnectionPools(atLeastOne('maxPools', options.maxPools ?? DEFAULT_MAX_POOLS));
  }

  /**
   * @param deadlineMs for resolve, connect, TLS, headers and body together, in milliseconds; it also bounds the wait
   *   for a connection
   * @throws for our own faults: a header that cannot be sent, no file descriptors, no free connection
   *   (`NoFreeConnectionError`), a closed client
   */
  post(request: WebhookRequest, deadlineMs: number): Promise<AttemptResult> {
    return this.attempt('POST', request, request.body, deadlineMs);
  }

  /**
   * Any answer will do. Its connection is not kept: undici closes it after HEAD, for servers that send a body all the
   * same.
   *
   * @throws as {@link post}
   */
  probe(request: Omit<WebhookRequest, 'body'>, deadlineMs: number): Promise<AttemptResult> {
    return this.attempt('HEAD', request, null, deadlineMs);
  }

  /** Closes every socket. An attempt under way is rejected. */
  close(): void {
    this.closed = true;
    this.pools.destroy();
  }

  private attempt(
    method: 'POST' | 'HEAD',
    request: Omit<WebhookRequest, 'body'>,
    body: Uint8Array | null,
    deadlineMs: number,
  ): Promise<AttemptResult> {
    return new Promise((resolve, reject) => {
      if (this.closed) throw new Error('the endpoint client is closed');
      refuseHostHeader(request.headers);
      const target = this.targetOf(request.url);
      if ('reason' in target) {
        resolve({ kind: 'forbidden', reason: target.reason, latencyMs: 0 });
        return;
      }
      const { origin, path } = target;
      const pool = this.poolOf(request.tenantId, target);
      const { headers } = request;
      pool.acquire(new Attempt(pool, origin, { path, method, headers, body }, deadlineMs, { resolve, reject }));
    });
  }

  private poolOf(tenantId: string, { origin, destination }: Target): ConnectionPool {
    // Neither a tenant id nor an origin contains a space.
    return this.pools.get(
      `${tenantId} ${origin}`,
      () => new ConnectionPool(this.guard, origin, destination, this.connectionsPerOrigin),
    );
  }

  private targetOf(url: string): Target | PolicyRefusal {
    const known = this.targets.get(url);
    if (known) return known;
    const verdict = checkEndpointUrl(url, this.policy);
    if (!verdict.ok) return verdict;
    const target = takeApart(verdict.url);
    const oldest = this.targets.keys().next();
    if (this.targets.size >= MAX_KNOWN_URLS && !oldest.done) this.targets.delete(oldest.value);
    this.targets.set(url, target);
    return target;
  }
}

export function takeApart({ origin, pathname, search, hostname, port, protocol }: URL): Target {
  const secure = protocol === 'https:';
  const defaultPort = secure ? 443 : 80;
  return {
    origin,
    path: pathname + search,
    destination: { hostname, port: port === '' ? defaultPort : Number(port), secure },
  };
}

/** The Host header is the name that was checked, resolved and verified. */
function refuseHostHeader(headers: Readonly<Record<string, string>>): void {
  for (const name in headers) {
    if (name.length === 4 && name.toLowerCase() === 'host')
      throw new Error("a webhook's headers may not contain Host: it follows from the URL");
  }
}

function atLeastOne(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`${option} must be a whole number of at least 1, not ${value}`);
}
