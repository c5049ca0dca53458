/** The page: what the build has made, with what is this platform's and this request's in its placeholders. */
import { SettingsError } from '../core/shared/errors';
import { type DashboardSettings, LANGUAGES } from './settings';

const PLACEHOLDERS = ['LANGUAGE', 'TITLE', 'NONCE', 'SETTINGS'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

const WEBHOOKS: Record<DashboardSettings['language'], string> = { en: 'Webhooks', uk: 'Вебхуки' };

/**
 * As the page reads it. All that it asks for is relative to the page: what is before it is API Gateway's, or whoever's
 * stands there.
 */
export interface PageSettings {
  readonly name: string;
  readonly logo?: string;
  readonly primaryColor?: string;
  readonly language: DashboardSettings['language'];
  readonly languages: readonly DashboardSettings['language'][];
  readonly tenantPath: string;
  readonly apiBase: string;
  readonly accountSecret: boolean;
  readonly subscriptions: boolean;
}

export class Page {
  private readonly settings: string;
  private readonly title: string;

  /**
   * @param template index.html as it was built
   * @throws SettingsError when a placeholder is not in it
   */
  constructor(
    private readonly template: string,
    private readonly given: DashboardSettings,
  ) {
    const missing = PLACEHOLDERS.filter((name) => !template.includes(`__${name}__`));
    if (missing.length > 0)
      throw new SettingsError(
        `index.html has no place for ${missing.join(', ')}; build the dashboard again (npm run build)`,
      );
    this.settings = inScript(pageSettings(given));
    this.title = inHtml(`${WEBHOOKS[given.language]} · ${given.name}`);
  }

  /** @param nonce what styles that are made at run time carry; of characters that base64 has */
  render(nonce: string): string {
    const values: Record<Placeholder, string> = {
      LANGUAGE: this.given.language,
      TITLE: this.title,
      NONCE: inHtml(nonce),
      SETTINGS: this.settings,
    };
    // In one pass: a name may look like a placeholder.
    return this.template.replaceAll(
      /__(LANGUAGE|TITLE|NONCE|SETTINGS)__/g,
      (_match, name: Placeholder) => values[name],
    );
  }
}

function pageSettings({
  name,
  logo,
  primaryColor,
  language,
  tenantPath,
  accountSecret,
  subscriptions,
}: DashboardSettings): PageSettings {
  return {
    name,
    logo: logo && `./portal/${logo}`,
    primaryColor,
    language,
    languages: LANGUAGES,
    tenantPath,
    apiBase: './api/v1',
    accountSecret,
    subscriptions,
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function inHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * JSON that cannot end the script element that it stands in, nor begin a comment there (WHATWG HTML, "Restrictions for
 * contents of script elements").
 */
function inScript(value: object): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
