import { SignatureEncoding } from './signature-scheme';

/** Options of {@link ReceiverScheme.hmac}. */
export interface ReceiverHmacOptions {
  /** The header that carries the signature. */
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
   * The header that carries the time of the attempt in unix seconds, where what is signed is that time, a dot and the
   * body.
   *
   * @default - the body alone is signed
   */
  readonly timestampHeader?: string;

  /**
   * The header that carries the event's id. It is not signed: an event is known by it and its body together.
   *
   * @default - `eventIdField` is looked at
   */
  readonly eventIdHeader?: string;

  /**
   * The field of the JSON body that holds the event's id, with a dot for one in another: `event.id`.
   *
   * @default - events are known by their bodies: the same bytes are the same event
   */
  readonly eventIdField?: string;

  /**
   * The header that carries the event's type.
   *
   * @default - `eventTypeField` is looked at
   */
  readonly eventTypeHeader?: string;

  /**
   * The field of the JSON body that holds the event's type.
   *
   * @default - messages say no type
   */
  readonly eventTypeField?: string;
}

/** Options of {@link ReceiverScheme.leapOcr}. */
export interface LeapOcrReceiverOptions {
  /**
   * Whether `X-R2-Signature` is taken where nothing of the newer generation is there. It signs no time: who has a
   * request of LeapOCR's can strip the newer headers, and send it again after `deduplicationWindow`.
   *
   * @default true
   */
  readonly firstGeneration?: boolean;
}

/**
 * How the sender of webhooks signs them, and where it says which event it is: what a {@link WebhookReceiver} goes by.
 */
export abstract class ReceiverScheme {
  /** LeapOCR, both generations of its signatures, unless told otherwise. */
  public static leapOcr(options: LeapOcrReceiverOptions = {}): ReceiverScheme {
    if (options.firstGeneration ?? true) return new LiteralReceiverScheme({ kind: 'leapOcr' });
    return ReceiverScheme.hmac({
      header: 'X-Webhook-Signature',
      timestampHeader: 'X-Webhook-Timestamp',
      eventIdField: 'event_id',
      eventTypeField: 'event_type',
    });
  }

  /** Rekognita. Its events have no id: they are known by their bodies. */
  public static rekognita(): ReceiverScheme {
    return new LiteralReceiverScheme({ kind: 'rekognita' });
  }

  /** Standard Webhooks, specification 1.0.0, and Svix, which has its own names for the headers. */
  public static standardWebhooks(): ReceiverScheme {
    return new LiteralReceiverScheme({ kind: 'standardWebhooks' });
  }

  /** GitHub. Events are known by `X-GitHub-Delivery`, which it does not sign, and their bodies. */
  public static github(): ReceiverScheme {
    return new LiteralReceiverScheme({ kind: 'github' });
  }

  /** Stripe. */
  public static stripe(): ReceiverScheme {
    return new LiteralReceiverScheme({ kind: 'stripe' });
  }

  /** Slack. What it sends to verify a URL is answered, and goes nowhere. */
  public static slack(): ReceiverScheme {
    return new LiteralReceiverScheme({ kind: 'slack' });
  }

  /** Shopify. Events are known by `X-Shopify-Webhook-Id`, which it does not sign, and their bodies. */
  public static shopify(): ReceiverScheme {
    return new LiteralReceiverScheme({ kind: 'shopify' });
  }

  /** Any sender of one HMAC-SHA256 in one header, keyed on the UTF-8 bytes of the whole secret. */
  public static hmac(options: ReceiverHmacOptions): ReceiverScheme {
    const { header, timestampHeader, eventIdHeader, eventTypeHeader, eventIdField, eventTypeField, prefix } = options;
    const { encoding = SignatureEncoding.HEX } = options;
    const headers = { timestampHeader, eventIdHeader, eventTypeHeader };
    const fields = { eventIdField, eventTypeField };
    const isHeader = (value: unknown) => typeof value === 'string' && /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(value);
    const faults = [
      { condition: !isHeader(header), message: `header "${header}" is not a header name` },
      ...Object.entries(headers).map(([name, value]) => ({
        condition: value !== undefined && !isHeader(value),
        message: `${name} "${value}" is not a header name`,
      })),
      ...Object.entries(fields).map(([name, value]) => ({
        condition: value !== undefined && !/^[^.\s]{1,100}(\.[^.\s]{1,100}){0,4}$/.test(value),
        message: `${name} "${value}" must be a field's name, or up to five joined by dots`,
      })),
      {
        condition: !/^[\x21-\x7e]{0,50}$/.test(prefix ?? ''),
        message: 'prefix must be at most 50 characters of printable ASCII, without spaces',
      },
      {
        condition: !Object.values(SignatureEncoding).includes(encoding),
        message: `encoding "${encoding}" must be hex or base64`,
      },
      {
        condition: timestampHeader?.toLowerCase() === header?.toLowerCase(),
        message: `timestampHeader is the header of the signature, "${header}"`,
      },
      {
        condition: eventIdHeader !== undefined && eventIdField !== undefined,
        message: 'eventIdHeader and eventIdField cannot both say the id',
      },
      {
        condition: eventTypeHeader !== undefined && eventTypeField !== undefined,
        message: 'eventTypeHeader and eventTypeField cannot both say the type',
      },
    ].filter(({ condition }) => condition);
    if (faults.length > 0) throw new Error(`ReceiverScheme.hmac: ${faults.map(({ message }) => message).join('; ')}`);
    return new LiteralReceiverScheme({
      kind: 'hmac',
      header,
      encoding,
      prefix,
      timestampHeader,
      event: { idHeader: eventIdHeader, idField: eventIdField, typeHeader: eventTypeHeader, typeField: eventTypeField },
    });
  }

  /**
   * As the function reads it.
   *
   * @internal
   */
  public abstract _settings(): object;
}

class LiteralReceiverScheme extends ReceiverScheme {
  constructor(private readonly literal: object) {
    super();
  }

  /** @internal */
  public _settings(): object {
    return this.literal;
  }
}
