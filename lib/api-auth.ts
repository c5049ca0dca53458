import { Duration, Token } from 'aws-cdk-lib';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { BoundAuth } from './private/bound-auth';

/** Options of {@link ApiAuth.jwt}. */
export interface JwtAuthOptions {
  /** The `iss` of the tokens, an https URL. */
  readonly issuer: string;

  /** An `aud` of the tokens: that of this API. */
  readonly audience: string;

  /**
   * The claim that holds the tenant id, as events name it: its parts joined by `/`. A claim's name is taken as it is,
   * dots and slashes included.
   */
  readonly tenantClaim: string;

  /**
   * The claim that says who it is, for the audit trail.
   *
   * @default sub
   */
  readonly userClaim?: string;

  /**
   * The claim that holds scopes, as a list or separated by spaces: `webhooks:read`, `webhooks:write`,
   * `webhooks:secrets` (signing secrets), `events:write` (producing events). A token then has those that it says and no
   * others.
   *
   * @default - a token has all but `events:write`
   */
  readonly scopeClaim?: string;

  /**
   * Where the issuer publishes its keys, an https URL.
   *
   * @default - `/.well-known/jwks.json` under the issuer
   */
  readonly jwksUrl?: string;
}

/** Options of {@link ApiAuth.lambda}. */
export interface LambdaAuthOptions {
  /**
   * How long an answer is kept, at most an hour. A credential that is withdrawn works as long.
   *
   * @default Duration.seconds(60)
   */
  readonly cacheTtl?: Duration;
}

const CLAIM = /^[\x21-\x7e]{1,200}$/;
const CACHE_MAX_SECONDS = 3600;

/**
 * A way in which callers of the management API say who they are. Whatever is chosen, operators and portal sessions have
 * theirs, too.
 */
export abstract class ApiAuth {
  /**
   * The operator's key, as `X-API-KEY` or bearer token: for the platform's backend. It works always; here it stands so
   * that a list can say so.
   */
  public static apiKey(): ApiAuth {
    return new LiteralAuth({ kind: 'apiKey' });
  }

  /** Bearer tokens of the platform's own identity provider, signed by keys that it publishes. */
  public static jwt(options: JwtAuthOptions): ApiAuth {
    const { issuer, audience, tenantClaim, userClaim = 'sub', scopeClaim } = options;
    const jwksUrl =
      options.jwksUrl ?? `${Token.isUnresolved(issuer) ? issuer : issuer.replace(/\/+$/, '')}/.well-known/jwks.json`;
    const claims = { tenantClaim, userClaim, scopeClaim };
    const faults = [
      { condition: !isHttpsUrl(issuer), message: `issuer "${issuer}" must be an https URL without query and fragment` },
      { condition: !isHttpsUrl(jwksUrl, true), message: `jwksUrl "${jwksUrl}" must be an https URL` },
      {
        condition: !Token.isUnresolved(audience) && !/^[\x21-\x7e]{1,500}$/.test(audience),
        message: `audience "${audience}" must be 1 to 500 characters of printable ASCII without spaces`,
      },
      ...Object.entries(claims).map(([name, claim]) => ({
        condition: claim !== undefined && !CLAIM.test(claim),
        message: `${name} "${claim}" must be 1 to 200 characters of printable ASCII without spaces`,
      })),
    ].filter(({ condition }) => condition);
    if (faults.length > 0) throw new Error(`ApiAuth.jwt: ${faults.map(({ message }) => message).join('; ')}`);
    return new LiteralAuth({
      kind: 'jwt',
      settings: { issuer, audience, tenantClaim, userClaim, scopeClaim, jwksUrl },
    });
  }

  /**
   * A function of the platform's own, for credentials that only it knows, such as its customers' API keys. It is given
   * `{"version": 1, "credential": "...", "source": "x-api-key" | "bearer"}` and answers
   * `{"tenant_id": "...", "user_id": "...", "scopes": [...]}`, the last two if it likes, or null for a credential that
   * it does not know; scopes are those of {@link JwtAuthOptions.scopeClaim}.
   */
  public static lambda(authenticator: IFunction, options: LambdaAuthOptions = {}): ApiAuth {
    const cacheTtl = options.cacheTtl ?? Duration.seconds(60);
    const seconds = cacheTtl.isUnresolved() ? NaN : cacheTtl.toSeconds({ integral: false });
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > CACHE_MAX_SECONDS)
      throw new Error(
        'ApiAuth.lambda: cacheTtl must be a whole number of seconds, at most an hour, and known at synth',
      );
    return new LiteralAuth({
      kind: 'lambda',
      settings: { functionName: authenticator.functionArn, cacheSeconds: seconds },
    });
  }

  /** @internal */
  public abstract _bind(): BoundAuth;
}

class LiteralAuth extends ApiAuth {
  constructor(private readonly bound: BoundAuth) {
    super();
  }

  /** @internal */
  public _bind(): BoundAuth {
    return this.bound;
  }
}

function isHttpsUrl(text: string, withQuery = false): boolean {
  if (Token.isUnresolved(text)) return true;
  try {
    const url = new URL(text);
    return (
      url.protocol === 'https:' &&
      url.username === '' &&
      url.hash === '' &&
      (withQuery || url.search === '') &&
      !/\s/.test(text)
    );
  } catch {
    return false;
  }
}
