/** What it is measured against: a bare loop that signs (one HMAC) and POSTs by undici, at the same concurrency, in the same Node.js. */
import { createHmac, createSecretKey } from 'node:crypto';
import { Pool } from 'undici';
import { BATCH, bodyOf, measureBatches, settingsFromEnvironment } from './delivery-load';

const settings = settingsFromEnvironment();
const pool = new Pool(settings.stubUrl, { connections: BATCH });
const key = createSecretKey(Buffer.from(settings.secret));

async function post(body: string): Promise<void> {
  const response = await pool.request({
    method: 'POST',
    path: '/receiver',
    headers: { 'content-type': 'application/json', 'user-agent': 'bare', 'x-r2-signature': createHmac('sha256', key).update(body).digest('hex') },
    body,
  });
  await response.body.dump();
  if (response.statusCode !== 200) throw new Error(`the receiver answered ${response.statusCode}`);
}

async function main(): Promise<void> {
  await measureBatches(
    settings,
    (batch) => Array.from({ length: BATCH }, (_unused, index) => bodyOf(batch * BATCH + index)),
    async (bodies) => {
      await Promise.all((bodies as string[]).map(post));
    },
  );
  process.disconnect();
  process.exit();
}

void main();
