import { type ChainId } from '../../../../lambda/core/shared/identifiers';

import { answered } from '../../../fakes/endpoint';
import { type DeliveryMessage } from '../../../../lambda/core/delivery/delivery-message';
import { setUp } from './set-up';

describe('a replay', () => {
  const replay = { replayId: 'r1', replayOf: 'original' as DeliveryMessage['deliveryId'] };

  test.each([
    ['delivered', answered(200)],
    ['failed', answered(404)],
    ['pending', answered(500)],
  ] as const)('that is %s says on its record what it is of', async (status, result) => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(result);
    await run(message(replay));
    expect(ports.deliveries.records).toMatchObject([{ status, ...replay }]);
  });

  test('that finds its subscription disabled says so, too', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, { enabled: false });
    await run(message(replay));
    expect(ports.deliveries.records).toMatchObject([{ status: 'cancelled', ...replay }]);
  });

  test('sent twice at once makes one attempt: however young, its first attempt is checked', async () => {
    const { ports, message, run } = await setUp();
    const first = message(replay);
    expect(await run(first, { ...first, chain: 'c2' as ChainId })).toMatchObject({
      outcomes: { delivered: 1, returned: 1 },
    });
    expect(await run({ ...first, chain: 'c2' as ChainId })).toMatchObject({ outcomes: { dropped: 1 } });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('passes what it is of on to its retries', async () => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(answered(500));
    await run(message(replay));
    expect(ports.queues.sent.map((outgoing) => outgoing.message)).toMatchObject([{ attempt: 2, ...replay }]);
  });
});
