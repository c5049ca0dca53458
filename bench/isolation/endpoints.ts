/** The endpoints: healthy ones answer after a log-normal time, hanging ones never. */
import { reason } from '../../lambda/core/shared/reason';
import type { AttemptResult, Endpoint } from '../../lambda/core/endpoint/endpoint';
import type { Random } from '../../test/simulation/random';
import { ANSWER_MS } from './assumptions';
import type { Timeline } from './timeline';

/** The standard normal value that 99 % are at most. */
const Z99 = 2.326_347_9;
const SIGMA = Math.log(ANSWER_MS.p99 / ANSWER_MS.median) / Z99;

/** Milliseconds, by chance. */
export function answerMs(random: Random): number {
  const [one, other] = [1 - random.fraction(), random.fraction()];
  const normal = Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * other);
  return Math.round(ANSWER_MS.median * Math.exp(SIGMA * normal));
}

export function urlOf(endpoint: number): string {
  return `https://e${endpoint}.receivers.example.com/`;
}

export interface EndpointObserver {
  /** An attempt begins. */
  readonly began: (endpoint: number) => void;
  /** It was answered. */
  readonly answered: (endpoint: number, eventId: string) => void;
  /** It has no answer yet, after as long as was asked for. */
  readonly silent: (endpoint: number) => void;
}

/**
 * @param hangs after how many milliseconds an endpoint answers that hangs at this moment, if ever; false: it does not
 * @param silences after how many milliseconds an attempt without an answer is told
 */
export function simulatedEndpoint(
  timeline: Timeline,
  random: Random,
  byUrl: ReadonlyMap<string, number>,
  hangs: (endpoint: number) => number | false,
  observer: EndpointObserver,
  silences: number | undefined,
): Endpoint {
  return {
    post: ({ url, headers }, deadlineMs) => {
      const endpoint = byUrl.get(url)!;
      observer.began(endpoint);
      return new Promise<AttemptResult>((done) => {
        const slow = hangs(endpoint);
        const latencyMs = slow === false ? answerMs(random) : slow;
        if (silences !== undefined && silences < latencyMs) timeline.after(silences, () => observer.silent(endpoint));
        if (latencyMs < deadlineMs) {
          timeline.after(latencyMs, () => {
            observer.answered(endpoint, headers['webhook-id']!);
            done({ kind: 'answered', status: 200, latencyMs, answer: '' });
          });
          return;
        }
        timeline.after(deadlineMs, () =>
          done({
            kind: 'transport',
            failure: 'timeout',
            phase: 'headers',
            latencyMs: deadlineMs,
            reason: reason('timeout-headers', { seconds: deadlineMs / 1000 }),
          }),
        );
      });
    },
  };
}
