// What `npm start` prints.
import { styleText } from 'node:util';
import type { Arrival } from './demo-receiver';

type Color = 'green' | 'red' | 'dim' | 'bold' | 'cyan';

/** Colors only where standard output is a terminal. */
const paint = (color: Color, text: string): string => styleText(color, text, { stream: process.stdout });

const SCHEME_WIDTH = 22;

export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function sayTitle(title: string): void {
  say(paint('bold', title));
}

/** Where things are, one a line. */
export function sayPairs(pairs: Readonly<Record<string, string>>): void {
  const width = Math.max(...Object.keys(pairs).map((name) => name.length)) + 2;
  for (const [name, value] of Object.entries(pairs)) say(`  ${name.padEnd(width)}${paint('cyan', value)}`);
}

export function saySent(type: string, id: string): void {
  say(`\n${paint('dim', '→')} sent       ${type.padEnd(14)} ${id}`);
}

interface Received {
  readonly event_type?: unknown;
  readonly event_id?: unknown;
}

function parseReceived(body: Buffer): Received {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '?');

/** The event's id, as the delivered body says it. */
export function eventIdOf(arrival: Arrival): string {
  return word(parseReceived(arrival.body).event_id);
}

/** @param tookMs since the event was put on the queue; undefined when that is not known */
export function sayArrival(arrival: Arrival, tookMs: number | undefined): void {
  const { event_type: type, event_id: id } = parseReceived(arrival.body);
  const mark = arrival.verified ? paint('green', '←') : paint('red', '←');
  say(
    `${mark} delivered  ${word(type).padEnd(14)} ${word(id)}  ${arrival.body.length} ` +
      `bytes${tookMs === undefined ? '' : `, ${tookMs} ms after it was sent`}`,
  );
  for (const { scheme, valid, reason } of arrival.verdicts) {
    say(
      `    ${scheme.padEnd(SCHEME_WIDTH)} ` +
        `${valid ? paint('green', '✓ valid') : paint('red', `✗ ${reason ?? 'not valid'}`)}`,
    );
  }
}
