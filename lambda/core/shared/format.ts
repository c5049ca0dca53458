/**
 * Formats of stored items and of messages. A format is declared once, as a table of fields. The type of the model, the
 * writing, the reading and the names for update expressions follow from that table.
 *
 * A field has a name on disk, which is short because items pay by their bytes, and which never changes. Items are
 * written as DynamoDB attributes, messages as JSON.
 */
import { UnreadableItem, UnreadableMessage } from './errors';

/** A DynamoDB attribute (AWS, "DynamoDB low-level API: data type descriptors"), as far as formats use them. */
export interface Attribute {
  readonly S?: string;
  readonly N?: string;
  readonly B?: Uint8Array;
  readonly BOOL?: boolean;
  readonly L?: readonly Attribute[];
  readonly M?: Attributes;
}

export type Attributes = Readonly<Record<string, Attribute | undefined>>;

/** How values of one type are written and read. */
interface Kind<T> {
  /** For errors: what the value must be. */
  readonly what: string;
  encode(value: T): Attribute;
  /** @returns undefined for an attribute of another type */
  decode(attribute: Attribute): T | undefined;
  /** Whether a JSON value is one. */
  is(value: unknown): value is T;
}

export interface Field<T, Required extends boolean = boolean> {
  readonly name: string;
  readonly kind: Kind<T>;
  readonly required: Required;
}

/** Fields of the model that belong together. In the item they stand beside the others. All are there, or none is. */
export interface Group<F extends Fields, Required extends boolean = boolean> {
  readonly fields: F;
  readonly required: Required;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table has fields of any types
type AnyField = Field<any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
type AnyGroup = Group<any>;

export type Fields = Readonly<Record<string, AnyField | AnyGroup>>;

type Values = Readonly<Record<string, unknown>>;

type ValueOf<F> = F extends Group<infer G> ? Model<G> : F extends Field<infer T> ? T : never;

/** What a table of fields describes. */
export type Model<F extends Fields> = {
  readonly [K in keyof F as F[K] extends { readonly required: true } ? K : never]: ValueOf<F[K]>;
} & { readonly [K in keyof F as F[K] extends { readonly required: true } ? never : K]?: ValueOf<F[K]> };

/** A change of some fields. An absent field stays, and null removes an optional one. */
export type Changes<F extends Fields> = {
  readonly [K in keyof F]?: ValueOf<F[K]> | (F[K] extends { readonly required: true } ? never : null);
};

/** Names on disk, in the shape of the model. */
export type NamesOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Group<infer G> ? NamesOf<G> : string;
};

/** What an update writes: attributes that get a value, and names of those that go. */
export interface Assignments {
  readonly set: Attributes;
  readonly remove: readonly string[];
}

const textKind: Kind<string> = {
  what: 'text',
  encode: (S) => ({ S }),
  decode: ({ S }) => S,
  is: (value): value is string => typeof value === 'string',
};

const numberKind: Kind<number> = {
  what: 'a number',
  encode: (value) => ({ N: String(value) }),
  decode: ({ N }) => (N === undefined ? undefined : Number(N)),
  is: (value): value is number => typeof value === 'number',
};

/** A whole number, in messages also at least so large. */
const integerKind = (least: number): Kind<number> => ({
  ...numberKind,
  what: `a whole number of at least ${least}`,
  is: (value): value is number => Number.isInteger(value) && (value as number) >= least,
});

const booleanKind: Kind<boolean> = {
  what: 'true or false',
  encode: (BOOL) => ({ BOOL }),
  decode: ({ BOOL }) => BOOL,
  is: (value): value is boolean => typeof value === 'boolean',
};

const markKind: Kind<true> = {
  what: 'true',
  encode: () => ({ BOOL: true }),
  decode: ({ BOOL }) => (BOOL === true ? true : undefined),
  is: (value): value is true => value === true,
};

const bytesKind: Kind<Uint8Array> = {
  what: 'bytes',
  encode: (B) => ({ B }),
  decode: ({ B }) => B,
  is: (value): value is Uint8Array => value instanceof Uint8Array,
};

function listKind<T>(item: Kind<T>): Kind<readonly T[]> {
  return {
    what: `a list, each item ${item.what}`,
    encode: (values) => ({ L: values.map((value) => item.encode(value)) }),
    decode({ L }) {
      const values = L?.map((attribute) => item.decode(attribute));
      return values?.some((value) => value === undefined) === true ? undefined : (values as T[] | undefined);
    },
    is: (value): value is readonly T[] => Array.isArray(value) && value.every((each) => item.is(each)),
  };
}

function recordKind<F extends Fields>(fields: F): Kind<Model<F>> {
  return {
    what: 'a map',
    encode: (model) => ({ M: encode(fields, model) }),
    decode: ({ M }) => (M === undefined ? undefined : decode(fields, M)),
    is: (value): value is Model<F> => typeof value === 'object' && value !== null,
  };
}

function field<T>(name: string, kind: Kind<T>): Field<T, true> {
  return { name, kind, required: true };
}

export const text = <T extends string = string>(name: string) => field(name, textKind as unknown as Kind<T>);
export const number = (name: string) => field(name, numberKind);
export const integer = (name: string, least = 0) => field(name, integerKind(least));
/** A number of which whole ones are kept. */
export const rounded = (name: string) =>
  field<number>(name, { ...numberKind, encode: (value) => ({ N: String(Math.round(value)) }) });
export const boolean = (name: string) => field(name, booleanKind);
/** True or absent. */
export const mark = (name: string) => optional(field(name, markKind));
export const bytes = (name: string) => field(name, bytesKind);
export const texts = <T extends string = string>(name: string) => field(name, listKind(textKind as unknown as Kind<T>));
/** A map. */
export const record = <F extends Fields>(name: string, fields: F) => field(name, recordKind(fields));
/** A list of maps. */
export const records = <F extends Fields>(name: string, fields: F) => field(name, listKind(recordKind(fields)));
/** A value that is written as text in a form of its own. */
export const written = <T>(name: string, what: string, write: (value: T) => string, read: (text: string) => T) =>
  field<T>(name, {
    what,
    encode: (value) => ({ S: write(value) }),
    decode: ({ S }) => (S === undefined ? undefined : read(S)),
    is: (value): value is T => value !== undefined,
  });

export const group = <F extends Fields>(fields: F): Group<F, true> => ({ fields, required: true });

export function optional<T>(field: Field<T>): Field<T, false>;
export function optional<F extends Fields>(group: Group<F>): Group<F, false>;
export function optional(part: AnyField | AnyGroup): Field<unknown, false> | Group<Fields, false> {
  return { ...part, required: false };
}

function isGroup(part: AnyField | AnyGroup): part is AnyGroup {
  return 'fields' in part;
}

/** The model as attributes. Undefined values are left out. */
export function encode<F extends Fields>(fields: F, model: Model<F>): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  encodeInto(attributes, fields, model);
  return attributes;
}

function encodeInto(attributes: Record<string, Attribute>, fields: Fields, model: Values): void {
  for (const key in fields) {
    const value = model[key];
    if (value === undefined) continue;
    const part = fields[key]!;
    if (isGroup(part)) encodeInto(attributes, part.fields as Fields, value as Values);
    else attributes[part.name] = (part as Field<unknown>).kind.encode(value);
  }
}

/**
 * Reads a model.
 *
 * @throws UnreadableItem that names an attribute of another type than the format's, or one that is missing
 */
export function decode<F extends Fields>(fields: F, attributes: Attributes): Model<F> {
  const model: Record<string, unknown> = {};
  for (const key in fields) {
    const value = decodePart(fields[key]!, attributes);
    if (value !== undefined) model[key] = value;
  }
  return model as Model<F>;
}

function decodePart(part: AnyField | AnyGroup, attributes: Attributes): unknown {
  if (isGroup(part))
    return part.required || isPresent(part.fields as Fields, attributes)
      ? decode(part.fields as Fields, attributes)
      : undefined;
  const attribute = attributes[part.name];
  const value: unknown = attribute === undefined ? undefined : part.kind.decode(attribute);
  if (value !== undefined || (attribute === undefined && !part.required)) return value;
  throw new UnreadableItem(`an item's attribute "${part.name}" is not ${part.kind.what}`);
}

/** A group is there where the first of its fields is. */
function isPresent(fields: Fields, attributes: Attributes): boolean {
  const [first] = Object.values(fields).flatMap((part) => attributeNames(part));
  return attributes[first!] !== undefined;
}

/** The change as assignments to attributes. What others change meanwhile stays as it is. */
export function assignments<F extends Fields>(fields: F, changes: Changes<F>): Assignments {
  const set: Record<string, Attribute> = {};
  const remove: string[] = [];
  for (const key in fields) {
    const value = (changes as Values)[key];
    if (value === undefined) continue;
    const part = fields[key]!;
    if (value === null) {
      remove.push(...attributeNames(part));
      continue;
    }
    const encoded: Record<string, Attribute> = {};
    encodeInto(encoded, { [key]: part }, { [key]: value });
    Object.assign(set, encoded);
    remove.push(...attributeNames(part).filter((name) => encoded[name] === undefined));
  }
  return { set, remove };
}

/** All attributes of a part. */
export function attributeNames(part: AnyField | AnyGroup): readonly string[] {
  return isGroup(part) ? Object.values(part.fields as Fields).flatMap((each) => attributeNames(each)) : [part.name];
}

export function names<F extends Fields>(fields: F): NamesOf<F> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, part]) => [key, isGroup(part) ? names(part.fields as Fields) : part.name]),
  ) as NamesOf<F>;
}

/** A message as JSON, with its version. */
export function formatMessage<F extends Fields>(version: number, fields: F, model: Model<F>): string {
  const message: Record<string, unknown> = { v: version };
  for (const key in fields) message[(fields[key] as AnyField).name] = (model as Values)[key];
  return JSON.stringify(message); // leaves out what is undefined
}

/**
 * Reads a message.
 *
 * @param what it is, for errors: "delivery message"
 * @throws UnreadableMessage for one that is not JSON, of another version, or not of the format
 */
export function parseMessage<F extends Fields>(what: string, version: number, fields: F, body: string): Model<F> {
  const message = parseObject(what, body);
  if (message.v !== version) {
    throw new UnreadableMessage(
      `the ${what} has format version ${JSON.stringify(message.v) ?? 'none'}, this function reads ${version}. ` +
        'Deploy the newer version again',
    );
  }
  const model: Record<string, unknown> = {};
  for (const key in fields) {
    const { name, kind, required } = fields[key] as unknown as Field<unknown>;
    const value = message[name];
    if (value === undefined && !required) continue;
    if (!kind.is(value)) throw new UnreadableMessage(`the field "${name}" of the ${what} is not ${kind.what}`);
    model[key] = value;
  }
  return model as Model<F>;
}

function parseObject(what: string, body: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnreadableMessage(`the ${what} is not JSON`);
  }
  if (typeof value !== 'object' || value === null) throw new UnreadableMessage(`the ${what} is not a JSON object`);
  return value as Readonly<Record<string, unknown>>;
}
