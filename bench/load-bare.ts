/**
 * What it is measured against: a bare loop that signs (one HMAC) and POSTs by undici, at the same concurrency, in the
 * same Node.js.
 */
import { barePosts } from './bare-posts';
import { measureBatches, settingsFromEnvironment } from './delivery-load';

const settings = settingsFromEnvironment();

void measureBatches(settings, (batch) => batch, barePosts(settings));
