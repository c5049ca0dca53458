/** The OpenAPI document of a platform that this repository deploys, as its API serves it. */
import { type Platform, PROFILES } from '../bin/profiles';
import { documentOf } from '../lambda/api/operations';
import { parseCatalog, parseProfile } from '../lambda/core/shared/profile';

/** How long events are kept has no place in the document. */
const TTLS = { eventSeconds: 1, deliverySeconds: 1 };

export function openApiOf(platform: Platform): string {
  const profile = PROFILES[platform]({});
  const document = documentOf({
    service: platform,
    profile: parseProfile(JSON.stringify(profile._settings(TTLS))),
    catalog: parseCatalog(JSON.stringify(profile._catalog())),
    auth: { version: 1, iam: false, jwt: [] },
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}
