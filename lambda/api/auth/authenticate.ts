/** A request's credential to a principal: the one place where that happens. */
import { reason } from '../../core/shared/reason';
import type {
  CredentialFunction,
  CredentialHeader,
  DocumentSource,
  NamedKeySource,
} from '../../core/shared/credentials';
import type { AuthSettings } from './auth-settings';
import { Unauthenticated } from '../http/errors';
import { matchingKey } from './operator-key';
import { PlatformCredentials } from './platform-function';
import { PlatformTokens } from './platform-token';
import { PORTAL_ISSUER, readPortalToken } from './portal-token';
import type { Principal } from './principal';
import type { Clock } from '../../core/shared/clock';

export interface AuthPorts {
  readonly clock: Clock;
  readonly operatorKeys: NamedKeySource;
  readonly portalKeys: NamedKeySource;
  readonly documents: DocumentSource;
  /** Where the platform has one. */
  readonly credentialFunction?: CredentialFunction;
}

export interface AuthRules {
  readonly service: string;
  readonly tenantParts: number;
  readonly auth: AuthSettings;
}

export interface Credentials {
  readonly apiKey?: string;
  /** The header `Authorization`. */
  readonly authorization?: string;
  /** API Gateway has verified a signature of this caller. */
  readonly iamArn?: string;
}

/** What a JSON Web Token says of itself before anything is verified. */
interface Unverified {
  readonly issuer: string;
  readonly keyName: string | undefined;
}

export class Authenticator {
  private readonly tokens: PlatformTokens;
  private readonly platform: PlatformCredentials | undefined;

  constructor(
    private readonly rules: AuthRules,
    private readonly ports: AuthPorts,
  ) {
    const { auth, tenantParts } = rules;
    this.tokens = new PlatformTokens(auth.jwt, tenantParts, ports.documents, ports.clock);
    this.platform =
      auth.lambda === undefined || ports.credentialFunction === undefined
        ? undefined
        : new PlatformCredentials(ports.credentialFunction, auth.lambda.cacheSeconds, tenantParts, ports.clock);
  }

  /**
   * @throws Unauthenticated
   * @throws PortUnavailable when whoever knows the credential cannot be asked
   */
  async principal(credentials: Credentials): Promise<Principal> {
    if (credentials.iamArn !== undefined) return { kind: 'iam', actor: `iam:${credentials.iamArn}` };
    const presented = presentedCredential(credentials);
    if (presented === undefined) throw new Unauthenticated(reason('credential-missing'));
    const token = unverifiedToken(presented.text);
    const principal =
      token === undefined
        ? await this.byKey(presented.text, presented.source)
        : await this.byToken(presented.text, token, presented.source);
    if (principal === undefined) throw new Unauthenticated(reason('credential-unknown'));
    return principal;
  }

  private async byKey(key: string, source: CredentialHeader): Promise<Principal | undefined> {
    const { operatorKeys } = this.ports;
    const name = matchingKey(key, await operatorKeys.keys()) ?? matchingKey(key, await operatorKeys.keys(true));
    if (name !== undefined) return { kind: 'operator', actor: `operator:${name}` };
    return this.platform?.principal(key, source);
  }

  private async byToken(
    text: string,
    { issuer, keyName }: Unverified,
    source: CredentialHeader,
  ): Promise<Principal | undefined> {
    if (issuer === PORTAL_ISSUER) return this.byPortalToken(text, keyName);
    if (this.tokens.knows(issuer)) return this.tokens.principal(text, issuer);
    return this.platform?.principal(text, source);
  }

  private async byPortalToken(token: string, keyName: string | undefined): Promise<Principal | undefined> {
    const { portalKeys, clock } = this.ports;
    const known = await portalKeys.keys();
    const keys = known.all.some(({ name }) => name === keyName) ? known : await portalKeys.keys(true);
    return readPortalToken(token, keyName, keys, { ...this.rules, now: clock.now() });
  }
}

/** The key goes before the token where both are sent. */
function presentedCredential({
  apiKey,
  authorization,
}: Credentials): { text: string; source: CredentialHeader } | undefined {
  if (apiKey !== undefined && apiKey !== '') return { text: apiKey, source: 'x-api-key' };
  const token = /^Bearer +([^\s]+)$/i.exec(authorization?.trim() ?? '')?.[1];
  return token === undefined ? undefined : { text: token, source: 'bearer' };
}

/** Nothing for what is no JSON Web Token with an issuer (RFC 7519, section 3): then it is a key. */
function unverifiedToken(text: string): Unverified | undefined {
  const [header, payload, signature, more] = text.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more !== undefined) return undefined;
  const { alg, kid } = decodeJsonPart(header);
  const { iss } = decodeJsonPart(payload);
  return typeof alg === 'string' && typeof iss === 'string'
    ? { issuer: iss, keyName: typeof kid === 'string' ? kid : undefined }
    : undefined;
}

function decodeJsonPart(part: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))) as Record<string, unknown>;
  } catch {
    return {};
  }
}
