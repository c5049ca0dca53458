/** Options of {@link SignatureScheme.hmac}. */
export interface HmacSchemeOptions {
  /** The header that carries the signature, spelled as receivers expect it. */
  readonly header: string;

  /**
   * How the digest is written.
   *
   * @default SignatureEncoding.HEX
   */
  readonly encoding?: SignatureEncoding;

  /**
   * Text before the digest, such as `sha256=`.
   *
   * @default - none
   */
  readonly prefix?: string;

  /**
   * A header that carries the time of the attempt in unix seconds. With it, what is signed is the time, a dot and the
   * body; without, the body alone.
   *
   * @default - the body alone is signed, and a receiver cannot tell an old delivery from a new one
   */
  readonly timestampHeader?: string;
}

/** How the bytes of a digest are written. */
export enum SignatureEncoding {
  /** Lower case hexadecimal. */
  HEX = 'hex',
  /** Base64 with padding. */
  BASE64 = 'base64',
}

/**
 * A signature that every delivery carries. A profile may have several, so that receivers of several generations are
 * served at once.
 */
export abstract class SignatureScheme {
  /** HMAC-SHA256 keyed on the UTF-8 bytes of the whole secret string. */
  public static hmac(options: HmacSchemeOptions): SignatureScheme {
    for (const header of [options.header, options.timestampHeader]) {
      if (header !== undefined && !/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(header))
        throw new Error(`SignatureScheme.hmac: "${header}" is not a header name`);
    }
    if (!/^[\x21-\x7e]{0,50}$/.test(options.prefix ?? ''))
      throw new Error('SignatureScheme.hmac: prefix must be at most 50 characters of printable ASCII, without spaces');
    return new LiteralScheme(
      {
        kind: 'hmac',
        header: options.header,
        encoding: options.encoding ?? SignatureEncoding.HEX,
        prefix: options.prefix ?? '',
        content: options.timestampHeader === undefined ? 'body' : 'timestamp.body',
        timestampHeader: options.timestampHeader,
      },
      [options.header, ...(options.timestampHeader === undefined ? [] : [options.timestampHeader])],
    );
  }

  /**
   * Standard Webhooks, specification 1.0.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`, keyed on the bytes
   * that the secret's base64 part decodes to.
   */
  public static standardWebhooks(): SignatureScheme {
    return new LiteralScheme({ kind: 'standard-webhooks' }, ['webhook-id', 'webhook-timestamp', 'webhook-signature']);
  }

  /**
   * As the functions read it.
   *
   * @internal
   */
  public abstract _settings(): object;

  /** @internal */
  public abstract _headers(): string[];
}

class LiteralScheme extends SignatureScheme {
  constructor(
    private readonly literal: object,
    private readonly headers: string[],
  ) {
    super();
  }

  /** @internal */
  public _settings(): object {
    return this.literal;
  }

  /** @internal */
  public _headers(): string[] {
    return this.headers;
  }
}
