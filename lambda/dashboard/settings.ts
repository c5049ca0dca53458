/** What the page is told of the platform, as the construct says it (`WebhookDashboard` of lib/webhook-dashboard.ts). */
import * as z from 'zod/mini';
import { parseSettings } from '../core/shared/settings';

/** In which the page is written. */
export const LANGUAGES = ['en', 'uk'] as const;

const dashboardSettings = z.strictObject({
  version: z.literal(1),
  /** The platform's. */
  name: z.string().check(z.minLength(1)),
  language: z.enum(LANGUAGES),
  /** Name of the file beside the page. */
  logo: z.optional(z.string().check(z.regex(/^logo\.(svg|png|webp)$/))),
  primaryColor: z.optional(z.string().check(z.regex(/^#[0-9a-f]{6}$/i))),
  /** The tenant's part of the API's paths. */
  tenantPath: z.string().check(z.startsWith('/')),
  /** Whether the pages of webhooks are there. */
  subscriptions: z.boolean(),
  /** Whether the page of the account's secret is. */
  accountSecret: z.boolean(),
  /** Origins of pages that may hold this one in a frame. */
  frameAncestors: z.array(z.string().check(z.regex(/^https?:\/\/[a-z0-9.:*-]+$/))),
});

export type DashboardSettings = z.infer<typeof dashboardSettings>;

/**
 * @param json the value of the environment variable `DASHBOARD`
 * @throws SettingsError
 */
export function parseDashboardSettings(json: string): DashboardSettings {
  return parseSettings('DASHBOARD', dashboardSettings, json);
}
