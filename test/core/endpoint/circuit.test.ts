import { circuitState, deferralMs, DEFERRAL_MAX_MS, EndpointAnswers } from '../../../lambda/core/endpoint/circuit';
import { OwnFaultDetector } from '../../../lambda/core/endpoint/own-fault';
import { ManualClock, SeededRandom } from '../../fakes/time-and-random';

describe('a circuit', () => {
  test('is closed, open, or due for a probe', () => {
    expect(circuitState(undefined, 5)).toBe('closed');
    expect(circuitState({ openedAt: 0, probeAt: 10 }, 9)).toBe('open');
    expect(circuitState({ openedAt: 0, probeAt: 10 }, 10)).toBe('probe');
  });

  test('deferrals grow from half a minute to a quarter of an hour, and end after 24 hours in all', () => {
    const random = new SeededRandom();
    let total = 0;
    const waits = [];
    while (total < DEFERRAL_MAX_MS) {
      const wait = deferralMs(total, random);
      waits.push(wait);
      total += wait;
    }
    expect(total).toBe(DEFERRAL_MAX_MS);
    expect(waits[0]).toBeGreaterThanOrEqual(30_000);
    expect(waits[0]).toBeLessThanOrEqual(36_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_080_000);
    expect(waits.length).toBeLessThan(120);
  });
});

describe('what an environment remembers of answers', () => {
  test('is whether one came since a time, of that endpoint', () => {
    const clock = new ManualClock();
    const answers = new EndpointAnswers(clock);
    answers.note('a');
    const at = clock.now();
    clock.advance(1);
    expect([answers.since('a', at), answers.since('a', at + 1), answers.since('b', 0)]).toEqual([true, false, false]);
  });

  test('goes after a minute', () => {
    const clock = new ManualClock();
    const answers = new EndpointAnswers(clock);
    answers.note('old');
    clock.advance(60_001);
    answers.note('new');
    expect([answers.since('old', 0), answers.since('new', 0)]).toEqual([false, true]);
  });
});

describe('our own fault is suspected', () => {
  function detector(origins: number, tenants: number, reached: number) {
    const clock = new ManualClock();
    const faults = new OwnFaultDetector(clock);
    for (let index = 0; index < origins; index += 1)
      faults.note(`tenant ${index % tenants}`, `https://host-${index}.example.com/hook`, index < reached);
    return { faults, clock };
  }

  test('when over 80 % of ten origins and of five tenants had transport failures only', () => {
    expect(detector(10, 5, 0).faults.suspected()).toBe(true);
    expect(detector(20, 10, 1).faults.suspected()).toBe(true);
  });

  test.each([
    ['of fewer origins', 9, 5, 0],
    ['of fewer tenants', 10, 4, 0],
    ['when a fifth is reached', 10, 5, 2],
    ['when one of five tenants is reached', 10, 5, 1],
  ])('not %s', (_what, origins, tenants, reached) => {
    expect(detector(origins, tenants, reached).faults.suspected()).toBe(false);
  });

  test('not from what is over a minute old', () => {
    const { faults, clock } = detector(10, 5, 0);
    clock.advance(60_001);
    expect(faults.suspected()).toBe(false);
  });

  test('an origin that was reached once in the minute is not down', () => {
    const { faults } = detector(10, 5, 0);
    for (let index = 0; index < 3; index += 1)
      faults.note(`tenant ${index}`, `https://host-${index}.example.com/other`, true);
    expect(faults.suspected()).toBe(false);
  });
});
