/** Who calls: bearer keys `rk_sk_...`, of which only digests are kept. */
import { createHash, randomBytes } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ApiError } from './api-error';

export const SCOPES = ['documents:read', 'documents:write', 'webhooks:manage', 'account:read'] as const;
export type Scope = (typeof SCOPES)[number];

/** The holder of a key. */
export interface Principal {
  /** Also the tenant of its webhooks: 1 to 64 of A-Z a-z 0-9 _ . - */
  readonly accountId: string;
  readonly scopes: ReadonlySet<string>;
}

/**
 * 32 random bytes, which nobody guesses: so a plain digest keeps them, and a lookup by it tells nothing by how long it
 * takes.
 */
const KEY_BYTES = 32;
const BEARER = /^Bearer +(rk_sk_[A-Za-z0-9_-]{43}) *$/i;
const ACCOUNT_ID = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,64}$/;

export class ApiKeys {
  constructor(
    private readonly dynamodb: DynamoDBClient,
    private readonly table: string,
  ) {}

  /**
   * Whose key an `Authorization` header holds. Read strongly each time: a key that is taken away stops working at once.
   * @throws {ApiError} `unauthorized`, in the same words for a key that is malformed and for one that nobody has
   */
  async principal(authorization: string | undefined): Promise<Principal> {
    const key = BEARER.exec(authorization ?? '')?.[1];
    const { Item } =
      key === undefined
        ? {}
        : await this.dynamodb.send(
            new GetItemCommand({
              TableName: this.table,
              Key: { key_digest: { S: digestOf(key) } },
              ConsistentRead: true,
            }),
          );
    const accountId = Item?.account_id?.S;
    if (accountId === undefined)
      throw new ApiError(
        'unauthorized',
        'There is no valid API key in the Authorization header: Authorization: Bearer rk_sk_...',
      );
    return { accountId, scopes: new Set(Item?.scopes?.SS) };
  }

  /**
   * Makes a key.
   *
   * @returns the key, which cannot be read again
   * @throws {RangeError} for an account or scope that cannot be
   */
  async issue(accountId: string, scopes: readonly string[]): Promise<string> {
    if (!ACCOUNT_ID.test(accountId))
      throw new RangeError(`"${accountId}" cannot be an account: 1 to 64 of A-Z a-z 0-9 _ . -`);
    const unknown = scopes.find((scope) => !(SCOPES as readonly string[]).includes(scope));
    if (scopes.length === 0 || unknown !== undefined)
      throw new RangeError(
        `${unknown === undefined ? 'no scope is given' : `"${unknown}" is no scope`}; there are ${SCOPES.join(', ')}`,
      );
    const key = `rk_sk_${randomBytes(KEY_BYTES).toString('base64url')}`;
    await this.dynamodb.send(
      new PutItemCommand({
        TableName: this.table,
        Item: {
          key_digest: { S: digestOf(key) },
          account_id: { S: accountId },
          scopes: { SS: [...new Set(scopes)] },
          created_at: { S: new Date().toISOString() },
        },
      }),
    );
    return key;
  }
}

/** @throws {ApiError} `forbidden` */
export function demand(scope: Scope, { scopes }: Principal): void {
  if (!scopes.has(scope)) throw new ApiError('forbidden', `This API key does not have the scope ${scope}.`);
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
