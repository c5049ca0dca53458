import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { parseDashboardSettings } from '../../lambda/dashboard/settings';
import {
  DashboardLanguage,
  WebhookApi,
  type WebhookApiProps,
  WebhookDashboard,
  type WebhookDashboardProps,
  WebhookProfile,
  WebhookSender,
} from '../../lib';
import { actionsOf, environmentOf, resourceOf } from './template';

type Props = Partial<WebhookDashboardProps>;

function construct(props: Props = {}, apiProps: (stack: Stack) => Partial<WebhookApiProps> = () => ({})) {
  const app = new App();
  const stack = new Stack(app, 'Platform');
  const sender = new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() });
  const api = new WebhookApi(stack, 'Management', { sender, ...apiProps(stack) });
  const dashboard = new WebhookDashboard(stack, 'Dashboard', { api, name: 'Acme', ...props });
  return { app, stack, api, dashboard };
}

function synthesize(props: Props = {}) {
  const { app, stack } = construct(props);
  return { app, template: Template.fromStack(stack) };
}

const settingsOf = (template: Template) =>
  parseDashboardSettings(environmentOf(template, 'DashboardPage').DASHBOARD as string);
const ENDPOINT = {
  'Fn::Join': [
    '',
    [{ 'Fn::GetAtt': [expect.stringMatching(/^ManagementHttpApi[0-9A-F]{8}$/) as string, 'ApiEndpoint'] }, '/portal'],
  ],
};

let files: string;
beforeAll(() => {
  files = mkdtempSync(join(tmpdir(), 'dashboard-logo-'));
});
afterAll(() => {
  rmSync(files, { recursive: true });
});

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const WEBP = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('WEBPVP8 ')]);
const SVG = Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>');

function fileOf(name: string, content: Buffer): string {
  const path = join(files, name);
  writeFileSync(path, content);
  return path;
}

const { template } = synthesize();

test('an API without a dashboard has nothing of it', () => {
  const stack = new Stack(new App(), 'Platform');
  new WebhookApi(stack, 'Management', {
    sender: new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() }),
  });
  const alone = Template.fromStack(stack);
  alone.resourceCountIs('AWS::Lambda::Function', 6);
  expect(environmentOf(alone, 'ManagementApi')).not.toHaveProperty('PORTAL_URL');
  expect(Object.values(alone.findResources('AWS::ApiGatewayV2::Route'))).toHaveLength(1);
});

test('the dashboard changes nothing of its API, but that portal sessions are told where it is', () => {
  const stack = new Stack(new App(), 'Platform');
  new WebhookApi(stack, 'Management', {
    sender: new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() }),
  });
  const of = (own: Template) =>
    Object.entries(
      (
        own.toJSON() as {
          Resources: Record<string, { Properties: { Environment?: { Variables: Record<string, unknown> } } }>;
        }
      ).Resources,
    ).filter(([id]) => !id.startsWith('Dashboard'));
  const expected = of(Template.fromStack(stack));
  expect(environmentOf(template, 'ManagementApi').PORTAL_URL).toEqual(ENDPOINT);
  for (const [id, { Properties }] of expected)
    if (/^ManagementApi[0-9A-F]{8}$/.test(id)) Properties.Environment!.Variables.PORTAL_URL = ENDPOINT;
  expect(of(template)).toEqual(expected);
});

describe('the function', () => {
  test('serves the path of the page, and what is below it, by whatever method, to anybody', () => {
    const routes = Object.entries(template.findResources('AWS::ApiGatewayV2::Route')).map(([id, { Properties }]) => ({
      id: id.slice(0, -8),
      ...(Properties as { RouteKey: string; AuthorizationType: string; Target: unknown }),
    }));
    expect(routes.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType]).sort()).toEqual([
      ['$default', 'NONE'],
      ['ANY /portal', 'NONE'],
      ['ANY /portal/{proxy+}', 'NONE'],
    ]);
    const [page, below] = routes.filter(({ id }) => id.startsWith('Dashboard'));
    expect(page!.Target).toEqual(below!.Target);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DashboardPage'), 'Arn'] },
    });
  });

  test('may write its log, and nothing else', () => {
    expect(actionsOf(template, 'DashboardPageRole')).toEqual({
      DashboardPageLogs: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    });
  });

  test('is told what it shows, and nothing of the platform’s tables and keys', () => {
    expect(environmentOf(template, 'DashboardPage')).toEqual({
      WEBHOOK_SERVICE: environmentOf(template, 'ManagementApi').WEBHOOK_SERVICE,
      DASHBOARD: expect.any(String) as string,
    });
    expect(settingsOf(template)).toEqual({
      version: 1,
      name: 'Acme',
      language: 'en',
      tenantPath: '/organizations/{organization_id}/teams/{team_id}',
      subscriptions: true,
      accountSecret: true,
      frameAncestors: [],
    });
  });

  test('runs Node.js 24 on arm64, and keeps its log as the API does', () => {
    expect(resourceOf(template, 'AWS::Lambda::Function', 'DashboardPage').Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 10,
    });
    expect(resourceOf(template, 'AWS::Logs::LogGroup', 'DashboardPageLogs')).toMatchObject({
      Properties: { RetentionInDays: 30 },
      DeletionPolicy: 'Retain',
    });
    const { template: own } = synthesize({
      memorySize: 128,
      logRetention: RetentionDays.ONE_DAY,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    expect(resourceOf(own, 'AWS::Lambda::Function', 'DashboardPage').Properties).toMatchObject({ MemorySize: 128 });
    expect(resourceOf(own, 'AWS::Logs::LogGroup', 'DashboardPageLogs')).toMatchObject({
      Properties: { RetentionInDays: 1 },
      DeletionPolicy: 'Delete',
    });
  });
});

describe('what the platform says', () => {
  test('is what the page shows', () => {
    const { template: own } = synthesize({
      name: ' Acme & Söhne ',
      primaryColor: '#0A7Cff',
      language: DashboardLanguage.UKRAINIAN,
      subscriptions: false,
      frameAncestors: ['https://app.acme.com', 'https://*.acme.dev:8443'],
    });
    expect(settingsOf(own)).toEqual({
      version: 1,
      name: 'Acme & Söhne',
      primaryColor: '#0A7Cff',
      language: 'uk',
      tenantPath: '/organizations/{organization_id}/teams/{team_id}',
      subscriptions: false,
      accountSecret: true,
      frameAncestors: ['https://app.acme.com', 'https://*.acme.dev:8443'],
    });
    expect(() => construct({ frameAncestors: ['http://localhost:3000', 'http://127.0.0.1:5173'] })).not.toThrow();
  });

  test.each([
    ['logo.svg', SVG],
    ['mark.png', PNG],
    ['acme.webp', WEBP],
    ['LOGO.SVG', SVG],
    ['licensed.svg', Buffer.concat([Buffer.from(`<!-- ${'x'.repeat(2000)} -->\n`), SVG])],
  ])('%s is the logo, beside the page, under a name of ours', (name, content) => {
    const { app, template: own } = synthesize({ logo: fileOf(name, content) });
    const logo = `logo.${name.split('.')[1]!.toLowerCase()}`;
    expect(settingsOf(own).logo).toBe(logo);
    const { Code } = resourceOf(own, 'AWS::Lambda::Function', 'DashboardPage').Properties as {
      Code: { S3Key: string };
    };
    const asset = join(app.synth().directory, `asset.${Code.S3Key.replace('.zip', '')}`);
    expect(readFileSync(join(asset, 'site', logo)).equals(content)).toBe(true);
    expect(readdirSync(asset)).toContain('index.js');
  });
});

describe('where it is', () => {
  test('at the name that API Gateway gives the API', () => {
    const { stack, dashboard } = construct();
    expect(stack.resolve(dashboard.dashboardUrl)).toEqual(ENDPOINT);
  });

  test('at the API’s own name where it has one', () => {
    const { dashboard, stack } = construct({}, (own) => ({
      domain: {
        domainName: 'webhooks.acme.com',
        certificate: Certificate.fromCertificateArn(
          own,
          'Certificate',
          'arn:aws:acm:us-east-1:111122223333:certificate/c',
        ),
      },
    }));
    expect(dashboard.dashboardUrl).toBe('https://webhooks.acme.com/portal');
    expect(environmentOf(Template.fromStack(stack), 'ManagementApi').PORTAL_URL).toBe(
      'https://webhooks.acme.com/portal',
    );
  });

  test.each(['https://app.acme.com/portal', 'https://app.acme.com:8443/webhooks/portal'])(
    'at %s, where the platform says so',
    (url) => {
      const { dashboard, stack } = construct({ url });
      expect(dashboard.dashboardUrl).toBe(url);
      expect(environmentOf(Template.fromStack(stack), 'ManagementApi').PORTAL_URL).toBe(url);
    },
  );

  test('at an address that is known at deploy only', () => {
    expect(() => construct({ url: Lazy.string({ produce: () => 'https://later.acme.com/portal' }) })).not.toThrow();
  });

  test('once an API', () => {
    const { stack, api } = construct();
    expect(() => new WebhookDashboard(stack, 'Second', { api, name: 'Acme' })).toThrow(
      'WebhookApi at Platform/Management: it has a dashboard already',
    );
  });
});

describe('what is wrong is said at synth', () => {
  test.each<[Props, string]>([
    [{ name: '' }, 'name must have 1 to 60 characters'],
    [{ name: '  ' }, 'name must have 1 to 60 characters'],
    [{ name: 'x'.repeat(61) }, 'name must have 1 to 60 characters'],
    [{ name: 'a\nb' }, 'name must have 1 to 60 characters, none of them a control character'],
    [{ primaryColor: 'red' }, 'primaryColor must be like #0a7cff, not "red"'],
    [{ primaryColor: '#fff' }, 'primaryColor must be like #0a7cff, not "#fff"'],
    [{ subscriptions: false, accountSecret: false }, 'there would be nothing to show'],
    [{ url: 'http://app.acme.com/portal' }, 'url must be like https://webhooks.acme.com/portal'],
    [{ url: 'https://app.acme.com/' }, 'url must be like'],
    [{ url: 'https://app.acme.com/portal/' }, 'url must be like'],
    [{ url: 'https://app.acme.com/portal?x=1' }, 'url must be like'],
    [{ url: 'https://app.acme.com/portal#x' }, 'url must be like'],
    [{ url: 'https://me@app.acme.com/portal' }, 'url must be like'],
    [{ memorySize: 64 }, 'memorySize must be a whole number of MiB from 128 to 10240, not 64'],
    [
      { frameAncestors: ['http://app.acme.com'] },
      'frameAncestors: "http://app.acme.com" must be like https://app.acme.com',
    ],
    [{ frameAncestors: ['https://app.acme.com/'] }, 'without a path'],
    [{ frameAncestors: ["https://app.acme.com; script-src 'unsafe-inline'"] }, 'must be like'],
    [{ frameAncestors: ['https://app.acme.com:99999'] }, 'must be like'],
    [
      { frameAncestors: [Lazy.string({ produce: () => 'https://app.acme.com' })] },
      'frameAncestors must be known at synth',
    ],
    [
      {
        frameAncestors: Array.from(
          { length: 20 },
          (_unused, index) => `https://${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example-${index}.com`,
        ),
      },
      'frameAncestors are too long together',
    ],
    [{ logo: Lazy.string({ produce: () => 'logo.svg' }) }, 'logo must be known at synth'],
    [{ language: 'fr' as never }, 'language must be one of en, uk, not "fr"'],
    [{ name: undefined }, 'name must have 1 to 60 characters'],
    [{ frameAncestors: ['*'] }, 'frameAncestors: "*" must be like'],
    [{ frameAncestors: ["'self'"] }, 'must be like'],
    [
      { frameAncestors: Array(21).fill('https://app.acme.com') as string[] },
      'frameAncestors may have at most 20 origins, not 21',
    ],
  ])('%j', (props, message) => {
    expect(() => construct(props)).toThrow(message);
  });

  test('all of it at once, and of which dashboard', () => {
    expect(() => construct({ name: '', primaryColor: 'red' })).toThrow(
      /^WebhookDashboard at Platform\/Dashboard: name must .*; primaryColor must /,
    );
  });

  test.each<[string, () => string, string]>([
    [
      'of another type',
      () => fileOf('logo.gif', Buffer.from('GIF89a')),
      'logo must be a file that ends in .svg, .png, .webp',
    ],
    ['that is not there', () => join(files, 'none.svg'), 'there is no file'],
    ['that is a folder', () => `${files}/`, 'logo must be a file that ends in'],
    [
      'that is too large',
      () => fileOf('large.png', Buffer.concat([PNG, Buffer.alloc(100 * 1024)])),
      'has 102416 bytes, at most 102400 are allowed',
    ],
    ['that is something else', () => fileOf('page.png', SVG), 'is not what its name says'],
    ['that is no drawing', () => fileOf('page.svg', Buffer.from('<html></html>')), 'is not what its name says'],
  ])('a logo %s', (_what, logo, message) => {
    expect(() => construct({ logo: logo() })).toThrow(message);
  });
});
