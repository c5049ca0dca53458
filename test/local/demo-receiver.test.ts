import { startDemoReceiver, type Arrival } from '../../local/demo-receiver';
import { PortTaken } from '../../local/emulator';

test('a taken port is named, with the option for another one', async () => {
  const first = await startDemoReceiver(
    0,
    () => 0,
    () => undefined,
  );
  const port = Number(new URL(first.url).port);
  const second = startDemoReceiver(
    port,
    () => 0,
    () => undefined,
  );
  await expect(second).rejects.toThrow(PortTaken);
  await expect(second).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken by another program. Choose another one: npm start -- --receiver-port N.`,
  );
  await first.close();
});

test('an unsigned delivery is answered 401 and reported', async () => {
  const arrivals: Arrival[] = [];
  const receiver = await startDemoReceiver(
    0,
    () => 0,
    (arrival) => arrivals.push(arrival),
  );
  receiver.expectSecret('whsec_AAAA');
  const answer = await fetch(receiver.url, { method: 'POST', body: '{"event_id":"e"}' });
  expect(answer.status).toBe(401);
  expect(arrivals).toHaveLength(1);
  expect(arrivals[0]).toMatchObject({ verified: false, body: Buffer.from('{"event_id":"e"}') });
  expect((await fetch(receiver.url)).status).toBe(404);
  await receiver.close();
});
