/** Items of our tables: keys, version and the fields of a format. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { UnreadableItem } from '../../core/shared/errors';
import { type Attributes, decode, encode, type Fields, type Model } from '../../core/shared/format';
import { type Item, ITEM_VERSION } from './keys';

/** The newest format of items that this version reads. */
const KNOWN_VERSION = 1;

/** A whole item: key, version and fields. */
export function itemOf<F extends Fields>(key: Item, fields: F, model: Model<F>): Item {
  return { ...key, v: ITEM_VERSION, ...asItem(encode(fields, model)) };
}

/** @throws UnreadableItem for one of a later format, or with an attribute of another type than ours wrote */
export function readItem<F extends Fields>(item: Item, fields: F): Model<F> {
  checkVersion(item);
  return decode(fields, item as Attributes);
}

/** @throws UnreadableItem for an item of a later format */
export function checkVersion(item: Item): void {
  const version = Number(item.v?.N);
  if (version <= KNOWN_VERSION) return;
  throw new UnreadableItem(
    `item has format version ${item.v?.N ?? 'none'}, this function supports up to ${KNOWN_VERSION}; ` +
      'redeploy the newer version',
  );
}

/** Fields of an item whose version does not matter. */
export function readFields<F extends Fields>(item: Item, fields: F): Model<F> {
  return decode(fields, item as Attributes);
}

/** Ours are a part of what the SDK's type allows. */
export function asItem(attributes: Attributes): Item {
  return attributes as Item;
}

export function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new UnreadableItem(`an item's attribute "${name}" is not text`);
  return value;
}

export function optionalText(item: Item, name: string): string | undefined {
  return item[name]?.S;
}

export function integer(item: Item, name: string): number {
  const value = optionalInteger(item, name);
  if (value === undefined) throw new UnreadableItem(`an item's attribute "${name}" is not a number`);
  return value;
}

export function optionalInteger(item: Item, name: string): number | undefined {
  const value = item[name]?.N;
  return value === undefined ? undefined : Number(value);
}

/** A number as an attribute. */
export function numeric(value: number): AttributeValue {
  return { N: String(value) };
}

/** `SET a = :a, b = :b REMOVE c`, with the names and values of it. */
export function updateExpression({ set, remove }: { readonly set: Attributes; readonly remove: readonly string[] }) {
  const names = Object.keys(set);
  const assigned = names.map((name) => `#${name} = :${name}`).join(', ');
  const removed = remove.map((name) => `#${name}`).join(', ');
  return {
    UpdateExpression: [names.length > 0 && `SET ${assigned}`, remove.length > 0 && `REMOVE ${removed}`]
      .filter((part) => part !== false)
      .join(' '),
    ExpressionAttributeNames: Object.fromEntries([...names, ...remove].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, set[name]!])) as Item,
  };
}
