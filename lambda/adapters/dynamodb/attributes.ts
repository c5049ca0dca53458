/** Reading items without trusting them: an attribute of another type than ours wrote is an error that names it. */
import { UnreadableItem } from '../../core/shared/errors';
import type { Item } from './keys';

/** The newest format of items that this version reads. */
const KNOWN_VERSION = 1;

/**
 * Reads an item.
 *
 * @throws UnreadableItem for one of a format to come, or with an attribute of another type than ours wrote
 */
export function reading<T>(item: Item, read: (item: Item) => T): T {
  const version = Number(item.v?.N);
  if (!(version <= KNOWN_VERSION))
    throw new UnreadableItem(
      `an item is of format version ${item.v?.N ?? 'none'}, and this function reads ${KNOWN_VERSION}; deploy ` +
        'the newer one again',
    );
  return read(item);
}

export function text(item: Item, name: string): string {
  return optionalText(item, name) ?? missing(name, 'text');
}

export function optionalText(item: Item, name: string): string | undefined {
  return item[name]?.S;
}

export function integer(item: Item, name: string): number {
  return optionalInteger(item, name) ?? missing(name, 'a number');
}

export function optionalInteger(item: Item, name: string): number | undefined {
  const value = item[name]?.N;
  return value === undefined ? undefined : Number(value);
}

export function flag(item: Item, name: string): boolean {
  return item[name]?.BOOL ?? missing(name, 'a truth value');
}

export function texts(item: Item, name: string): string[] {
  return optionalTexts(item, name) ?? missing(name, 'a list');
}

export function optionalTexts(item: Item, name: string): string[] | undefined {
  return item[name]?.L?.map((each) => each.S ?? missing(name, 'a list of texts'));
}

/** Leaves out attributes without a value. */
export function present(item: Record<string, Item[string] | undefined>): Item {
  return Object.fromEntries(
    Object.entries(item).filter((entry): entry is [string, Item[string]] => entry[1] !== undefined),
  );
}

export function optionalS(value: string | undefined): Item[string] | undefined {
  return value === undefined ? undefined : { S: value };
}

export function optionalN(value: number | undefined): Item[string] | undefined {
  return value === undefined ? undefined : { N: String(value) };
}

function missing(name: string, kind: string): never {
  throw new UnreadableItem(`an item's attribute "${name}" is not ${kind}`);
}
