import { reason } from '../../../lambda/core/shared/reason';
import fc from 'fast-check';
import type { AttemptResult } from '../../../lambda/core/endpoint/endpoint';
import { LEAPOCR_PROFILE, REKOGNITA_PROFILE, STANDARD_PROFILE } from '../../builders/profile';
import { answered, forbidden, refusedConnection, timedOut } from '../../fakes/endpoint';
import { nextStepAfter } from '../../../lambda/core/delivery/retry';

const NOW = Date.parse('2026-03-19T10:21:44Z');
const PROFILES = {
  leapocr: LEAPOCR_PROFILE.retry,
  rekognita: REKOGNITA_PROFILE.retry,
  standard: STANDARD_PROFILE.retry,
};
const step = (profile: keyof typeof PROFILES, result: AttemptResult, attempt = 1, fraction = 0) =>
  nextStepAfter(result, attempt, PROFILES[profile], NOW, fraction);

/** What follows a first attempt that ends so, for each profile. */
const OUTCOMES: readonly (readonly [string, AttemptResult, string, string, string])[] = [
  // outcome                                   leapocr    rekognita  standard
  ['200', answered(200), 'success', 'success', 'success'],
  ['201', answered(201), 'success', 'success', 'success'],
  ['204', answered(204), 'success', 'success', 'success'],
  ['299', answered(299), 'success', 'success', 'success'],
  ['301', answered(301), 'final', 'retry', 'final'],
  ['302', answered(302), 'final', 'retry', 'final'],
  ['304', answered(304), 'final', 'retry', 'final'],
  ['400', answered(400), 'final', 'retry', 'final'],
  ['401', answered(401), 'final', 'retry', 'final'],
  ['404', answered(404), 'final', 'retry', 'final'],
  ['408', answered(408), 'retry', 'retry', 'retry'],
  ['410', answered(410), 'final', 'retry', 'gone'],
  ['422', answered(422), 'final', 'retry', 'final'],
  ['429', answered(429), 'retry', 'retry', 'retry'],
  ['500', answered(500), 'retry', 'retry', 'retry'],
  ['503', answered(503), 'retry', 'retry', 'retry'],
  ['599', answered(599), 'retry', 'retry', 'retry'],
  ['a timeout', timedOut(), 'retry', 'retry', 'retry'],
  ['a refused connection', refusedConnection(), 'retry', 'retry', 'retry'],
  ['an address that the policy forbids', forbidden(), 'final', 'final', 'final'],
];

describe.each(OUTCOMES)('%s', (_what, result, leapocr, rekognita, standard) => {
  test.each([
    ['leapocr', leapocr],
    ['rekognita', rekognita],
    ['standard', standard],
  ] as const)('%s: %s', (profile, expected) => {
    const verdict = step(profile, result);
    expect(verdict.kind === 'final' && verdict.reason.code === 'endpoint-gone' ? 'gone' : verdict.kind).toBe(expected);
  });
});

describe('delays', () => {
  test('are those of the schedule, and after the last the delivery has failed', () => {
    const delays = REKOGNITA_PROFILE.retry.delays.map((_delay, index) => step('rekognita', answered(500), index + 1));
    expect(delays).toEqual([30, 300, 1800, 7200].map((seconds) => ({ kind: 'retry', delayMs: seconds * 1000 })));
    expect(step('rekognita', answered(500), 5)).toEqual({
      kind: 'final',
      reason: reason('last-attempt-failed', { cause: reason('endpoint-responded', { status: 500 }) }),
    });
  });

  test('jitter only adds, up to a fifth', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 7 }),
        (fraction, attempt) => {
          const delay = LEAPOCR_PROFILE.retry.delays[attempt - 1]! * 1000;
          const verdict = step('leapocr', answered(500), attempt, fraction);
          expect(verdict.kind).toBe('retry');
          if (verdict.kind === 'retry') {
            expect(verdict.delayMs).toBeGreaterThanOrEqual(delay);
            expect(verdict.delayMs).toBeLessThanOrEqual(delay * 1.2 + 1);
          }
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  const delay = (profile: keyof typeof PROFILES, status: number, retryAfter: string) => {
    const verdict = step(profile, { kind: 'answered', status, latencyMs: 1, answer: '', retryAfter });
    return verdict.kind === 'retry' ? verdict.delayMs / 1000 : verdict.kind;
  };

  test.each([
    ['seconds, later than the step', 429, '120', 120],
    ['seconds, on 503 too', 503, '120', 120],
    ['not on other statuses', 500, '120', 10],
    ['earlier than the step', 429, '3', 10],
    ['a date', 429, 'Thu, 19 Mar 2026 10:31:44 GMT', 600],
    ['a date in the past', 429, 'Thu, 19 Mar 2020 10:31:44 GMT', 10],
    ['24 hours at most', 429, '9999999', 86_400],
    ['nonsense', 429, 'soon', 10],
    ['nonsense that JavaScript takes for a date', 429, 'soon 3000', 10],
    ['a negative number', 429, '-5', 10],
    ['a fraction is nonsense', 429, '1.5', 10],
    ['empty', 429, '', 10],
    ['digits beyond any number', 429, '9'.repeat(64), 86_400],
  ])('%s', (_what, status, value, seconds) => {
    expect(delay('leapocr', status, value)).toBe(seconds);
  });

  test('is ignored where the profile says so', () => {
    expect(delay('rekognita', 429, '9999')).toBe(30);
  });
});
