import { type ProfileOptions, WebhookProfile } from '../lib';

/** The platforms that this app has a stack for. */
export const PROFILES = {
  leapocr: (options: ProfileOptions) => WebhookProfile.leapOcr(options),
  rekognita: (options: ProfileOptions) => WebhookProfile.rekognita(options),
} satisfies Record<string, (options: ProfileOptions) => WebhookProfile>;

export type Platform = keyof typeof PROFILES;
export const PLATFORMS = Object.keys(PROFILES) as Platform[];
