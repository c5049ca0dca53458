import { planMove, waitFor, type Situation } from '../../local/clock-plan';
import type { QueuedMessage } from '../../local/queued-messages';

const NOW = 1_000_000;

function message(overrides: Partial<QueuedMessage>): QueuedMessage {
  return { id: 'm1', queueName: 'queue', visibleAt: NOW, receiveCount: 0, body: '', attributes: {}, ...overrides };
}

function plan(messages: readonly QueuedMessage[], rest: Partial<Situation> = {}) {
  return planMove({ messages, now: NOW, remaining: 3600, isGivenUp: () => false, ...rest });
}

describe('on the way to a later time', () => {
  test('time passes 900 s at a time when nothing is queued', () => {
    expect(plan([])).toEqual({ kind: 'step', seconds: 900 });
    expect(plan([], { remaining: 200 })).toEqual({ kind: 'step', seconds: 200 });
    expect(plan([], { remaining: 0 })).toEqual({ kind: 'done' });
  });

  test('it passes exactly to when the first delayed message is due', () => {
    expect(plan([message({ visibleAt: NOW + 300 }), message({ visibleAt: NOW + 60 })])).toEqual({
      kind: 'step',
      seconds: 60,
    });
  });

  test('a message that can be received is waited for, also when no time is left', () => {
    expect(plan([message({})])).toEqual({ kind: 'wait', waits: ['m1 visible 0'] });
    expect(plan([message({})], { remaining: 0 }).kind).toBe('wait');
  });

  test('a message that a function has is waited for', () => {
    expect(plan([message({ receiveCount: 1, visibleAt: NOW + 60 })])).toEqual({
      kind: 'wait',
      waits: ['m1 in flight 1'],
    });
  });

  test(
    'one that was waited for in vain comes back when its visibility timeout has passed, and is then waited for ' +
      'again',
    () => {
      const inFlight = message({ receiveCount: 1, visibleAt: NOW + 60 });
      const isGivenUp = (wait: string): boolean => wait === waitFor(inFlight, NOW);
      expect(plan([inFlight], { isGivenUp })).toEqual({ kind: 'step', seconds: 60 });
      expect(plan([inFlight], { isGivenUp, now: NOW + 60 })).toEqual({ kind: 'wait', waits: ['m1 visible 1'] });
      expect(plan([message({ receiveCount: 2, visibleAt: NOW + 120 })], { isGivenUp, now: NOW + 60 })).toEqual({
        kind: 'wait',
        waits: ['m1 in flight 2'],
      });
    },
  );

  test('one that nobody takes holds nothing up for ever', () => {
    expect(plan([message({})], { isGivenUp: () => true })).toEqual({ kind: 'step', seconds: 900 });
  });
});
