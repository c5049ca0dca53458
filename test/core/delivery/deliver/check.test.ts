import { type ChainId } from '../../../../lambda/core/shared/identifiers';
import { BODY, setUp, stored } from './set-up';

describe('the check', () => {
  test('a copy that comes when the delivery is on record is dropped', async () => {
    const { ports, message, run, clock } = await setUp();
    const first = message();
    await run(first);
    clock.advance(90_000);
    expect(await run({ ...first, chain: 'c2' as ChainId })).toMatchObject({ outcomes: { dropped: 1 }, latencies: [] });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('a first attempt that is late reads the record, finds none, and takes it', async () => {
    const { ports, message, run, clock } = await setUp();
    const late = message();
    clock.advance(60_000);
    expect(await run(late)).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.deliveries.records).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  test('two copies that meet when both are late: one attempt, the other is returned', async () => {
    const { ports, message, run, clock } = await setUp();
    const late = message();
    clock.advance(60_000);
    expect(await run(late, { ...late, chain: 'c2' as ChainId })).toMatchObject({
      outcomes: { delivered: 1 },
      latencies: [12],
      returned: ['m1'],
    });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('the same message twice in a batch makes one attempt', async () => {
    const { ports, message, run } = await setUp();
    const twice = message();
    expect(await run(twice, twice)).toMatchObject({
      outcomes: { delivered: 1, dropped: 1 },
      latencies: [12],
      returned: [],
    });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('a record that cannot be read returns the message without an attempt', async () => {
    const { ports, message, run, clock } = await setUp();
    const late = message();
    clock.advance(60_000);
    ports.deliveries.faults.refuse(1);
    expect(await run(late)).toMatchObject({ latencies: [], returned: ['m0'] });
  });
});

describe('time', () => {
  test('no attempt starts with less than the deadline and 5 s left', async () => {
    const { ports, message, run, setRemaining } = await setUp();
    setRemaining(14_999);
    expect(await run(message())).toMatchObject({ latencies: [], returned: ['m0'] });
    setRemaining(15_000);
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('that went by while the payload and the secret were fetched counts, too', async () => {
    const { ports, message, run, setRemaining, clock } = await setUp();
    await stored(ports, clock);
    const { payload: _payload, ...reference } = message();
    jest.spyOn(ports.events, 'payload').mockImplementation(() => {
      setRemaining(2_000);
      return Promise.resolve(BODY);
    });
    expect((await run(reference)).returned).toEqual(['m0']);
    expect(ports.endpoint.requests).toEqual([]);
  });
});
