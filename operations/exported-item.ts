/** A tenant's data as it is handed over: what is stored, attribute by attribute, without what is sealed. */
import { inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { FoundItem } from './tenant-data';

/** Sealed values say nothing to anybody without the root key, and everything with it. */
const SEALED = new Set(['secret', 'previous', 'headers']);
const DEFLATED_PAYLOAD = 'z';
const PAYLOAD = 'p';

export function exportedItem({ kind, item }: FoundItem): Record<string, unknown> {
  const isSubscription = kind === 'subscriptions';
  const entries = Object.entries(item)
    .filter(([name]) => !(isSubscription && SEALED.has(name)))
    .map(([name, value]): [string, unknown] =>
      kind === 'events' && name === DEFLATED_PAYLOAD && value.B !== undefined
        ? [PAYLOAD, inflateRawSync(value.B).toString('utf8')]
        : [name, plain(value)],
    );
  return { kind, ...Object.fromEntries(entries) };
}

/** Numbers stay texts where a double would not hold them. */
function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number.isSafeInteger(Number(value.N)) ? Number(value.N) : value.N;
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(plain);
  if (value.M !== undefined)
    return Object.fromEntries(Object.entries(value.M).map(([name, each]) => [name, plain(each)]));
  if (value.B !== undefined) return Buffer.from(value.B).toString('base64');
  return value.SS ?? null;
}
