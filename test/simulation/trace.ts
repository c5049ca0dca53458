import { createHash } from 'node:crypto';
import type { Timeline } from './timeline';

/** What happened, for people: virtual time, who, what. Kept only when somebody wants to read it. */
export class Trace {
  readonly lines: string[] = [];
  private readonly start: number;

  constructor(
    private readonly timeline: Timeline,
    readonly on: boolean,
  ) {
    this.start = timeline.now;
  }

  /** @param what made only if it is kept */
  say(who: string, what: () => string): void {
    if (this.on)
      this.lines.push(
        `${((this.timeline.now - this.start) / 1000).toFixed(3).padStart(12)}  ${who.padEnd(12)} ${what()}`,
      );
  }

  /** The same for the same run. */
  hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex');
  }

  /**
   * What concerns a delivery (`t1.e1>s1`, a replay `t1.e1>s1!r1`) with its event and its subscription, or a
   * subscription (`s1`) alone.
   */
  about(name: string): readonly string[] {
    const [, event, subscription = name] = /^(t\d+\.e\d+)>(\w+)/.exec(name) ?? [];
    const wanted = new RegExp(
      [
        `${escaped(name)}(?![\\w!])`,
        `\\b[A-Z]+ ${subscription}\\b`,
        '\\bWORLD\\b',
        ...(event === undefined ? [] : [`${escaped(event)}(?![\\d>])`]),
      ].join('|'),
    );
    return this.lines.filter((line) => wanted.test(line));
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
