/** Names of things, branded once parsed: past the edge, an unchecked string does not fit where an id is asked for. */
import { reason, type Reason } from './reason';
import { createHash } from 'node:crypto';

declare const brand: unique symbol;
type Branded<B extends string> = string & { readonly [brand]: B };

export type TenantId = Branded<'TenantId'>;
export type EventId = Branded<'EventId'>;
/** A subscription's id; or, for an event that names its own URL, what stands for it in keys: see {@link urlTarget}. */
export type SubscriptionId = Branded<'SubscriptionId'>;
export type DeliveryId = Branded<'DeliveryId'>;
/** Names one link of a delivery's chain of messages; see rule 3 of docs/architecture.md. */
export type ChainId = Branded<'ChainId'>;

export const TENANT_ID_MAX_CHARACTERS = 128;
const TENANT_PART = /^[A-Za-z0-9_.-]{1,64}$/;
const EVENT_ID = /^[A-Za-z0-9_:-]{1,128}$/;
export const EVENT_TYPE = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * Why a string is not a tenant id of a platform whose tenant path has `parts` parts, or nothing when it is one.
 * Ids never hold `#`, which the tables use between the parts of a key.
 */
export function tenantIdFault(value: string, parts: number): Reason | undefined {
  if (value.length > TENANT_ID_MAX_CHARACTERS) return reason('too-long', { limit: TENANT_ID_MAX_CHARACTERS });
  const given = value.split('/');
  if (given.length !== parts) return reason('tenant-id-parts-wrong', { count: given.length, limit: parts });
  for (const part of given) {
    if (part === '.' || part === '..') return reason('tenant-id-part-reserved');
    if (!TENANT_PART.test(part)) return reason('tenant-id-part-invalid');
  }
  return undefined;
}

export function isTenantId(value: string, parts: number): value is TenantId {
  return tenantIdFault(value, parts) === undefined;
}

export function isEventId(value: string): value is EventId {
  return EVENT_ID.test(value);
}

const URL_TARGET = 'url:';

/**
 * The row that stands for a subscription when an event names its own URL: one an origin, so that the circuit is the
 * endpoint's.
 */
export function urlTarget(url: string): SubscriptionId {
  const origin = URL.canParse(url) ? new URL(url).origin : url;
  return (URL_TARGET + createHash('sha256').update(origin).digest('hex').slice(0, 32)) as SubscriptionId;
}

export function isUrlTarget(id: string): boolean {
  return id.startsWith(URL_TARGET);
}

/** What makes a delivery the one it is. Equal parts give the equal id, however often a fan-out is done. */
export interface DeliveryIdentity {
  /** Epoch milliseconds: the event's stored arrival; a replay's own creation. */
  readonly time: number;
  readonly tenantId: TenantId;
  readonly eventId: EventId;
  /** The subscription's id, or the URL of an event that names its own. */
  readonly target: string;
  /** Absent for the delivery that the event itself caused. */
  readonly replayId?: string;
}

/**
 * A UUID of version 7 (RFC 9562, section 5.7): 48 bits of time in milliseconds, so ids sort by time, and 74 bits that
 * are not random here but the SHA-256 of the identity's parts, each prefixed by its length so that no two identities
 * join to the same bytes.
 */
export function deliveryId(identity: DeliveryIdentity): DeliveryId {
  const hash = createHash('sha256');
  for (const part of [identity.tenantId, identity.eventId, identity.target, identity.replayId ?? '']) {
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  }
  return uuidV7(identity.time, hash.digest()) as DeliveryId;
}

/**
 * @param time epoch milliseconds
 * @param entropy at least 10 bytes
 */
export function uuidV7(time: number, entropy: Uint8Array): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(time, 0, 6);
  bytes.set(entropy.subarray(0, 10), 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return formatUuid(bytes);
}

function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The time within an id made by {@link uuidV7}, in epoch milliseconds. */
export function timeOf(id: DeliveryId): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Deliveries of one subscription lie in this many partitions, so that one endpoint takes 4 x 1,000 writes a second. */
export const LOG_SHARDS = 4;

export function logShard(id: DeliveryId): number {
  return parseInt(id.slice(-1), 16) % LOG_SHARDS;
}

/**
 * The first and last text that an id of that time can have, to compare ids by: for key ranges.
 *
 * @param time epoch milliseconds
 */
export function idsOf(time: number): { readonly first: DeliveryId; readonly last: DeliveryId } {
  const filled = (fill: number) => uuidV7(time, Buffer.alloc(10, fill)) as DeliveryId;
  return { first: filled(0), last: filled(0xff) };
}

/** A delivery's public id says whether its target is a subscription or the row of a URL's origin. */
const PUBLIC_PREFIXES = { subscription: 'dlv_', url: 'dlu_' } as const;
/** 16 of the target, 16 of the delivery, in base64url. */
const PUBLIC_ID = /^(dlv_|dlu_)([A-Za-z0-9_-]{43})$/;

/**
 * The id of a delivery for the world outside. It holds the log key but for the tenant, which always comes from the
 * caller's path: another tenant's id finds nothing.
 *
 * @returns `dlv_` and base64url of subscription id and delivery id; `dlu_` and the same with the hash of a URL's origin
 */
export function publicDeliveryId({
  subscriptionId,
  deliveryId: id,
}: {
  readonly subscriptionId: SubscriptionId;
  readonly deliveryId: DeliveryId;
}): string {
  const [prefix, target] = isUrlTarget(subscriptionId)
    ? [PUBLIC_PREFIXES.url, subscriptionId.slice(URL_TARGET.length)]
    : [PUBLIC_PREFIXES.subscription, subscriptionId];
  return prefix + Buffer.from((target + id).replaceAll('-', ''), 'hex').toString('base64url');
}

/** @returns nothing for a text that is no public delivery id */
export function parsePublicDeliveryId(
  text: string,
): { readonly subscriptionId: SubscriptionId; readonly deliveryId: DeliveryId } | undefined {
  const [, prefix, body] = PUBLIC_ID.exec(text) ?? [];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64url');
  if (bytes.toString('base64url') !== body) return undefined; // the last character holds bits that are none of the id's
  const [target, id] = [bytes.subarray(0, 16), bytes.subarray(16)];
  const subscriptionId = prefix === PUBLIC_PREFIXES.url ? URL_TARGET + target.toString('hex') : formatUuid(target);
  return { subscriptionId: subscriptionId as SubscriptionId, deliveryId: formatUuid(id) as DeliveryId };
}

/** One text for a target of a tenant, for maps and groups. */
export function targetName({ tenantId, subscriptionId }: SubscriptionKey): string {
  return `${tenantId}#${subscriptionId}`;
}

export interface SubscriptionKey {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
}
