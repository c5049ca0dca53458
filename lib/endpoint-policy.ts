/** Options of {@link EndpointPolicy.production}. */
export interface ProductionEndpointOptions {
  /**
   * Ports that endpoints may be on.
   *
   * @default - 443 alone
   */
  readonly ports?: number[];
}

/** Which endpoints customers may name. One guard holds it, for every request that leaves. */
export abstract class EndpointPolicy {
  /**
   * https only, on port 443, to public addresses: no literal IP address in any spelling, no user info, no local,
   * reserved or internal name; at send time every address that the name resolves to must be public, and the checked
   * address is the one connected to.
   */
  public static production(options: ProductionEndpointOptions = {}): EndpointPolicy {
    const ports = options.ports ?? [443];
    if (ports.length === 0) throw new Error('EndpointPolicy.production: ports is empty; leave it out to allow 443');
    for (const port of ports) {
      if (!Number.isInteger(port) || port < 1 || port > 65535)
        throw new Error(`EndpointPolicy.production: ${port} is not a port; ports are whole numbers from 1 to 65535`);
    }
    return new LiteralPolicy({ kind: 'production', ports: [...new Set(ports)] });
  }

  /** http and loopback allowed, for a stack on the developer's own machine. Never for one that others can reach. */
  public static development(): EndpointPolicy {
    return new LiteralPolicy({ kind: 'development' });
  }

  /**
   * As the functions read it.
   *
   * @internal
   */
  public abstract _settings(): object;
}

class LiteralPolicy extends EndpointPolicy {
  constructor(private readonly literal: object) {
    super();
  }

  /** @internal */
  public _settings(): object {
    return this.literal;
  }
}
