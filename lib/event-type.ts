/** An entry of the event catalog: what producers may send, and what customers choose from. */
export interface EventType {
  /** 1 to 100 characters of A-Z a-z 0-9 _ . - such as `invoice.paid`. */
  readonly name: string;

  /** One sentence for the customers' documentation: when it is sent. */
  readonly description: string;

  /** JSON Schema (draft 2020-12) of the payload. Published, not enforced. */
  readonly schema: { [key: string]: any };

  /** A payload as a customer gets it. */
  readonly example: { [key: string]: any };
}
