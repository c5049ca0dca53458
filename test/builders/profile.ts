import type { Profile } from '../../lambda/core/profile';

/** The LeapOCR profile's hot settings, as the construct writes them; test/lib holds the two to each other. */
export const LEAPOCR_PROFILE: Profile = {
  version: 1,
  name: 'leapocr',
  tenantParts: 2,
  userAgent: 'LeapOCR-Webhook/1.0',
  headers: {},
  signatures: [
    { kind: 'hmac', header: 'X-R2-Signature', encoding: 'hex', prefix: '', content: 'body' },
    { kind: 'hmac', header: 'X-Webhook-Signature', encoding: 'hex', prefix: '', content: 'timestamp.body', timestampHeader: 'X-Webhook-Timestamp' },
    { kind: 'standard-webhooks' },
  ],
  retry: { delays: [10, 60, 300, 1800, 7200, 21600, 54000], jitter: 0.2, on: 'transient', retryAfter: true, goneDisables: false },
  deadlineSeconds: 10,
  endpoints: { kind: 'production', ports: [443] },
  disableAfter: 5,
  eventTtlSeconds: 38 * 86400,
  deliveryTtlSeconds: 30 * 86400,
};

export function leapOcrSettings(changes: Partial<Profile> = {}): string {
  return JSON.stringify({ ...LEAPOCR_PROFILE, ...changes });
}
