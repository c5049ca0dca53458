import { type ProfileOptions, type WebhookDashboardProps, WebhookProfile } from '../lib';

/** The platforms that this app has a stack for. */
export const PROFILES = {
  leapocr: (options: ProfileOptions) => WebhookProfile.leapOcr(options),
  rekognita: (options: ProfileOptions) => WebhookProfile.rekognita(options),
} satisfies Record<string, (options: ProfileOptions) => WebhookProfile>;

/**
 * What their customers see: LeapOCR's subscribe to events; Rekognita's events name the URL that they go to, so there is
 * its account's secret to see.
 */
export const DASHBOARDS = {
  leapocr: { name: 'LeapOCR', subscriptions: true, accountSecret: false },
  rekognita: { name: 'Rekognita', subscriptions: false, accountSecret: true },
} satisfies Record<keyof typeof PROFILES, Omit<WebhookDashboardProps, 'api'>>;

export type Platform = keyof typeof PROFILES;
export const PLATFORMS = Object.keys(PROFILES) as Platform[];
