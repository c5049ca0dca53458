/** What the function that serves the page writes into it: the platform's name and looks, and which pages there are. */

export const LANGUAGES = ['en', 'uk'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Settings {
  /** The platform's, for people. */
  readonly name: string;
  /** Relative to the document. */
  readonly logo?: string;
  /** `#rrggbb` */
  readonly primaryColor?: string;
  readonly language: Language;
  readonly languages: readonly Language[];
  /** Of the API's paths, such as `/organizations/{organization_id}/teams/{team_id}`. */
  readonly tenantPath: string;
  /** Relative to the document. */
  readonly apiBase: string;
  /** Events may name a URL of their own, signed by the account's secret. */
  readonly accountSecret: boolean;
  /** Customers make webhooks here. */
  readonly subscriptions: boolean;
}

export function isLanguage(text: string | null | undefined): text is Language {
  return LANGUAGES.some((each) => each === text);
}

/** @throws SyntaxError when the page was not served by its function */
export function readSettings(page: Document): Settings {
  return JSON.parse(page.getElementById('settings')?.textContent ?? '') as Settings;
}
