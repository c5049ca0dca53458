/** How a reason is stored: its code, and its parameters where there are any. */
import { written } from './format';
import type { Reason } from './reason';

/** Codes have no space, so the first one is where the parameters begin. */
const SEPARATOR = ' ';

export const reasonField = (name: string) => written<Reason>(name, 'a reason', formatReason, parseReason);

/** @example `endpoint-responded {"status":500}` */
export function formatReason({ code, params }: Reason): string {
  return Object.keys(params).length === 0 ? code : `${code}${SEPARATOR}${JSON.stringify(params)}`;
}

/** @returns for a text that is no reason, one whose code is unknown: it is shown as it stands */
export function parseReason(stored: string): Reason {
  const at = stored.indexOf(SEPARATOR);
  const code = at < 0 ? stored : stored.slice(0, at);
  return { code: code as Reason['code'], params: at < 0 ? {} : parseParams(stored.slice(at + 1)) };
}

function parseParams(json: string): Reason['params'] {
  try {
    return JSON.parse(json) as Reason['params'];
  } catch {
    return {};
  }
}
