/** What it is measured against: a bare loop that signs (one HMAC) and POSTs by undici, at the same concurrency, in the same Node.js. */
import { barePosts } from './bare-posts';
import { measureBatches, settingsFromEnvironment } from './delivery-load';

const settings = settingsFromEnvironment();
const post = barePosts(settings);

async function main(): Promise<void> {
  await measureBatches(settings, (batch) => batch, (batch) => post(batch as number));
  process.disconnect();
  process.exit();
}

void main();
