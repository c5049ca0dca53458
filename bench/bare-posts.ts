/** POSTs as bare as can be: one HMAC each, by undici, a batch at once. */
import { createHmac, createSecretKey } from 'node:crypto';
import { Pool } from 'undici';
import { bodyOf, CONNECTIONS, type LoadSettings } from './delivery-load';

/** @returns makes the posts of a batch */
export function barePosts({ stubUrl, secret, batch: messages }: LoadSettings): (batch: number) => Promise<void> {
  const pool = new Pool(stubUrl, { connections: Math.min(messages, CONNECTIONS) });
  const key = createSecretKey(Buffer.from(secret));
  const post = async (body: string): Promise<void> => {
    const response = await pool.request({
      method: 'POST',
      path: '/receiver',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'bare',
        'x-r2-signature': createHmac('sha256', key).update(body).digest('hex'),
      },
      body,
    });
    await response.body.dump();
    if (response.statusCode !== 200) throw new Error(`the receiver answered ${response.statusCode}`);
  };
  return async (batch) => {
    await Promise.all(Array.from({ length: messages }, (_unused, index) => post(bodyOf(batch * messages + index))));
  };
}
