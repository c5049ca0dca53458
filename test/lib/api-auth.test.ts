import { App, Duration, Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Alias, Code, Function as LambdaFunction, type IFunction, Runtime, Version } from 'aws-cdk-lib/aws-lambda';
import { Template } from 'aws-cdk-lib/assertions';
import { type AuthSettings, parseAuthSettings } from '../../lambda/api/auth/auth-settings';
import {
  ApiAuth,
  type JwtAuthOptions,
  WebhookApi,
  type WebhookApiProps,
  WebhookProfile,
  WebhookSender,
} from '../../lib';
import { actionsOf, environmentOf } from './template';

const JWT: JwtAuthOptions = {
  issuer: 'https://id.acme.com/',
  audience: 'webhooks',
  tenantClaim: 'https://acme.com/tenant',
};
const AUTHENTICATOR = 'arn:aws:lambda:us-east-1:111122223333:function:authenticate';

function synthesize(props: (stack: Stack) => Partial<WebhookApiProps>) {
  const stack = new Stack(new App(), 'Platform');
  const sender = new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() });
  new WebhookApi(stack, 'Management', { sender, ...props(stack) });
  return Template.fromStack(stack);
}

/** API_AUTH as the function reads it, with what is known at deploy only by its name in the template. */
function settings(props: (stack: Stack) => Partial<WebhookApiProps>): AuthSettings {
  const value = environmentOf(synthesize(props), 'ManagementApi').API_AUTH as
    string | { 'Fn::Join': [string, (string | { 'Fn::GetAtt': [string, string] })[]] };
  const text =
    typeof value === 'string'
      ? value
      : value['Fn::Join'][1]
          .map((part) =>
            typeof part === 'string'
              ? part
              : `<${part['Fn::GetAtt']?.join('.') ?? JSON.stringify(part).replaceAll('"', "'")}>`,
          )
          .join('');
  return parseAuthSettings(text);
}

const imported = (stack: Stack): IFunction => LambdaFunction.fromFunctionArn(stack, 'Authenticate', AUTHENTICATOR);
const own = (stack: Stack) =>
  new LambdaFunction(stack, 'Authenticate', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = () => {}'),
  });

describe('who may call', () => {
  test.each<[string, Partial<WebhookApiProps>]>([
    ['nothing is said', {}],
    ['the operator’s key is named', { auth: [ApiAuth.apiKey()] }],
  ])('the operator alone, when %s', (_when, props) => {
    expect(settings(() => props)).toEqual({ version: 1, iam: false, jwt: [] });
  });

  test('whom IAM lets in, when asked for', () => {
    expect(settings(() => ({ iam: true }))).toEqual({ version: 1, iam: true, jwt: [] });
  });

  test('who has a token of an issuer: its subject, and its keys where issuers put them', () => {
    expect(settings(() => ({ auth: [ApiAuth.jwt(JWT)] }))).toEqual({
      version: 1,
      iam: false,
      jwt: [
        {
          issuer: 'https://id.acme.com/',
          audience: 'webhooks',
          tenantClaim: 'https://acme.com/tenant',
          userClaim: 'sub',
          jwksUrl: 'https://id.acme.com/.well-known/jwks.json',
        },
      ],
    });
  });

  test('who has a token, by what the platform calls its claims and where its keys are', () => {
    const options = { ...JWT, userClaim: 'email', scopeClaim: 'scope', jwksUrl: 'https://keys.acme.com/all?v=1' };
    expect(settings(() => ({ auth: [ApiAuth.jwt(options)] }))).toMatchObject({ jwt: [options] });
  });

  test('who has a token of any of several issuers', () => {
    const jwt = [
      ApiAuth.jwt(JWT),
      ApiAuth.jwt({ ...JWT, audience: 'other' }),
      ApiAuth.jwt({ ...JWT, issuer: 'https://login.acme.com' }),
    ];
    expect(settings(() => ({ auth: jwt }))).toMatchObject({
      jwt: [
        { audience: 'webhooks' },
        { audience: 'other' },
        { issuer: 'https://login.acme.com', jwksUrl: 'https://login.acme.com/.well-known/jwks.json' },
      ],
    });
  });

  test('who has a token of a user pool that the same app makes', () => {
    const {
      jwt: [pool],
    } = settings((stack) => {
      const users = new UserPool(stack, 'Users');
      return {
        auth: [ApiAuth.jwt({ issuer: users.userPoolProviderUrl, audience: 'client', tenantClaim: 'custom:tenant' })],
      };
    });
    expect(pool!.issuer).toMatch(/^<Users\w+\.ProviderURL>$/);
    expect(pool!.jwksUrl).toBe(`${pool!.issuer}/.well-known/jwks.json`);
  });

  test('whom a function of the platform’s own knows, asked again after a minute', () => {
    const template = (stack: Stack) => ({ auth: [ApiAuth.lambda(imported(stack))] });
    expect(settings(template)).toEqual({
      version: 1,
      iam: false,
      jwt: [],
      lambda: { functionName: AUTHENTICATOR, cacheSeconds: 60 },
    });
  });

  test.each([
    [Duration.seconds(0), 0],
    [Duration.hours(1), 3600],
  ])('whom a function knows, asked again after %s', (cacheTtl, cacheSeconds) => {
    expect(settings((stack) => ({ auth: [ApiAuth.lambda(imported(stack), { cacheTtl })] }))).toMatchObject({
      lambda: { cacheSeconds },
    });
  });
});

describe('the platform’s own function', () => {
  const versionOf = (stack: Stack) => new Version(stack, 'Version', { lambda: own(stack) });

  test.each<[string, (stack: Stack) => IFunction, string]>([
    ['made in the same app', own, 'Authenticate'],
    ['at a version', versionOf, 'Version'],
    ['behind an alias', (stack) => new Alias(stack, 'Live', { aliasName: 'live', version: versionOf(stack) }), 'Live'],
  ])('%s may be called by the API, it alone, and by nobody else of ours', (_how, authenticator, name) => {
    const template = synthesize((stack) => ({ auth: [ApiAuth.lambda(authenticator(stack))] }));
    const invoked = Object.entries(actionsOf(template, 'ManagementApiRole')).filter(([, actions]) =>
      actions.includes('lambda:InvokeFunction'),
    );
    expect(invoked).toEqual([[name, ['lambda:InvokeFunction']]]);
    for (const role of ['ManagementRecoveryRole', 'ManagementStatisticsRole'])
      expect(JSON.stringify(actionsOf(template, role))).not.toContain('lambda:');
  });
});

describe('what cannot be is refused, with what is wrong', () => {
  test.each<[Partial<JwtAuthOptions>, RegExp]>([
    [
      { issuer: 'http://id.acme.com' },
      /ApiAuth\.jwt: issuer "http:\/\/id\.acme\.com" must be an https URL without query and fragment/,
    ],
    [{ issuer: 'id.acme.com' }, /issuer "id\.acme\.com" must be an https URL/],
    [{ issuer: 'https://id.acme.com/?a=b' }, /issuer .* without query/],
    [{ issuer: 'https://id.acme.com/#a' }, /issuer .* without query and fragment/],
    [{ issuer: 'https://user@id.acme.com' }, /issuer/],
    [{ jwksUrl: 'http://id.acme.com/keys' }, /jwksUrl "http:\/\/id\.acme\.com\/keys" must be an https URL/],
    [{ jwksUrl: '/keys' }, /jwksUrl "\/keys"/],
    [{ audience: '' }, /audience "" must be 1 to 500 characters/],
    [{ audience: 'a b' }, /audience "a b"/],
    [{ tenantClaim: '' }, /tenantClaim "" must be 1 to 200 characters/],
    [{ userClaim: 'user name' }, /userClaim "user name"/],
    [{ scopeClaim: 'é' }, /scopeClaim "é"/],
    [{ issuer: 'x', audience: '' }, /issuer "x".*; audience ""/],
  ])('a token’s %j', (options, message) => {
    expect(() => ApiAuth.jwt({ ...JWT, ...options })).toThrow(message);
  });

  test.each([Duration.seconds(3601), Duration.millis(1500)])('an answer kept for %s', (cacheTtl) => {
    expect(() => ApiAuth.lambda(imported(new Stack()), { cacheTtl })).toThrow(
      /cacheTtl must be a whole number of seconds, at most an hour/,
    );
  });

  test.each<[string, (stack: Stack) => ApiAuth[], RegExp]>([
    ['none', () => [], /Platform\/Management: auth is empty; leave it out for the operator key alone/],
    [
      'two functions',
      (stack) => [ApiAuth.lambda(imported(stack)), ApiAuth.lambda(own(new Stack(stack, 'Other')))],
      /more than one ApiAuth\.lambda/,
    ],
    [
      'an issuer and audience twice',
      () => [ApiAuth.jwt(JWT), ApiAuth.jwt({ ...JWT, tenantClaim: 'org' })],
      /auth names an issuer and audience twice/,
    ],
  ])('%s', (_what, auth, message) => {
    expect(() => synthesize((stack) => ({ auth: auth(stack) }))).toThrow(message);
  });
});
