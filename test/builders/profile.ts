import type { Profile } from '../../lambda/core/shared/profile';

/** The LeapOCR profile's hot settings, as the construct writes them; test/lib holds the two to each other. */
export const LEAPOCR_PROFILE: Profile = {
  version: 1,
  name: 'leapocr',
  tenantParts: 2,
  userAgent: 'LeapOCR-Webhook/1.0',
  headers: {},
  signatures: [
    { kind: 'hmac', header: 'X-R2-Signature', encoding: 'hex', prefix: '', content: 'body' },
    {
      kind: 'hmac',
      header: 'X-Webhook-Signature',
      encoding: 'hex',
      prefix: '',
      content: 'timestamp.body',
      timestampHeader: 'X-Webhook-Timestamp',
    },
    { kind: 'standard-webhooks' },
  ],
  retry: {
    delays: [10, 60, 300, 1800, 7200, 21600, 54000],
    jitter: 0.2,
    on: 'transient',
    retryAfter: true,
    goneDisables: false,
  },
  deadlineSeconds: 10,
  endpoints: { kind: 'production', ports: [443] },
  disableAfter: 5,
  plans: ['starter', 'growth', 'scale', 'enterprise'],
  eventTtlSeconds: 39 * 86400,
  deliveryTtlSeconds: 39 * 86400,
};

export function leapOcrSettings(changes: Partial<Profile> = {}): string {
  return JSON.stringify({ ...LEAPOCR_PROFILE, ...changes });
}

const { plans: _leapOcrs, ...WITHOUT_PLANS } = LEAPOCR_PROFILE;

/** Rekognita's, where it differs. */
export const REKOGNITA_PROFILE: Profile = {
  ...WITHOUT_PLANS,
  name: 'rekognita',
  tenantParts: 1,
  userAgent: 'Rekognita-Webhook/1.0',
  signatures: [
    { kind: 'hmac', header: 'X-Rekognita-Signature', encoding: 'hex', prefix: '', content: 'body' },
    { kind: 'standard-webhooks' },
  ],
  retry: { delays: [30, 300, 1800, 7200], jitter: 0, on: 'all-but-success', retryAfter: false, goneDisables: false },
  eventTtlSeconds: 32 * 86400 + 11196,
  deliveryTtlSeconds: 32 * 86400 + 11196,
};

/** A custom profile's defaults: what Standard Webhooks recommends. */
export const STANDARD_PROFILE: Profile = {
  ...WITHOUT_PLANS,
  name: 'standard',
  tenantParts: 1,
  plans: undefined,
  signatures: [{ kind: 'standard-webhooks' }],
  retry: {
    delays: [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400],
    jitter: 0.2,
    on: 'transient',
    retryAfter: true,
    goneDisables: true,
  },
};
