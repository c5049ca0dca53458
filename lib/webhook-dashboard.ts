import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import * as path from 'path';
import { dashboardFaults } from './private/dashboard-faults';
import { WebhookFunction } from './private/webhook-function';
import { WebhookApi } from './webhook-api';

/** The languages that the page is written in. */
export enum DashboardLanguage {
  /** English. */
  ENGLISH = 'en',
  /** Ukrainian. */
  UKRAINIAN = 'uk',
}

/** Properties of {@link WebhookDashboard}. */
export interface WebhookDashboardProps {
  /** The API that it works on, and at whose origin it is. An API has one dashboard. */
  readonly api: WebhookApi;

  /** The platform's name, as its customers know it. */
  readonly name: string;

  /**
   * Path of the platform's logo: an .svg, .png or .webp file of at most 100 KiB.
   *
   * @default - the name alone is shown
   */
  readonly logo?: string;

  /**
   * The color of buttons and links, as `#rrggbb`.
   *
   * @default - the dashboard's own
   */
  readonly primaryColor?: string;

  /**
   * In which the page comes up; whoever looks at it can choose the other.
   *
   * @default DashboardLanguage.ENGLISH
   */
  readonly language?: DashboardLanguage;

  /**
   * Origins of pages that may show it in a frame, such as `https://app.acme.com`; of a developer's machine also
   * `http://localhost:3000`.
   *
   * @default - none: it opens in a tab of its own
   */
  readonly frameAncestors?: string[];

  /**
   * Whether the pages of webhooks are there: for platforms whose customers subscribe to events.
   *
   * @default true
   */
  readonly subscriptions?: boolean;

  /**
   * Whether the page of the account's own secret is there: for platforms whose events name the URL that they go to
   * (`webhook_url`).
   *
   * @default true
   */
  readonly accountSecret?: boolean;

  /**
   * Where customers open it, when that is not the API itself but something in front of it, such as
   * `https://app.acme.com/portal`.
   *
   * @default - the API's own origin, and `/portal`
   */
  readonly url?: string;

  /**
   * Memory of the function that serves it, in MiB.
   *
   * @default 512
   */
  readonly memorySize?: number;

  /**
   * How long its log is kept.
   *
   * @default - as the API's
   */
  readonly logRetention?: RetentionDays;

  /**
   * What becomes of its log when the stack, or this construct, is removed.
   *
   * @default - as the API's
   */
  readonly removalPolicy?: RemovalPolicy;
}

const PATH = '/portal';
/** Everything is in memory. */
const TIMEOUT = Duration.seconds(10);

/**
 * What a platform's customers see of their webhooks: a page at the origin of the management API, on nothing but that
 * API. It is opened by the link that a portal session gives (`POST /api/v1/portal-sessions`), which is for one tenant
 * and an hour at most.
 *
 * @example
 * const looks = { name: 'Acme', logo: 'assets/logo.svg', primaryColor: '#0a7cff' };
 * const dashboard = new WebhookDashboard(this, 'Dashboard', { api, ...looks });
 * new CfnOutput(this, 'DashboardUrl', { value: dashboard.dashboardUrl });
 */
export class WebhookDashboard extends Construct {
  /** Where customers open it, by a portal session's link to it; ends in `/portal`. */
  public readonly dashboardUrl: string;
  /** Serves the page. It may write its log, and nothing else. */
  public readonly function: IFunction;

  constructor(scope: Construct, id: string, props: WebhookDashboardProps) {
    super(scope, id);
    const faults = dashboardFaults(props);
    if (faults.length > 0) throw new Error(`WebhookDashboard at ${this.node.path}: ${faults.join('; ')}`);
    const host = props.api._dashboardHost;
    this.dashboardUrl = props.url ?? `${host.origin}${PATH}`;
    host.linkTo(this.dashboardUrl);

    const logo = props.logo === undefined ? undefined : `logo${path.extname(props.logo).toLowerCase()}`;
    const page = new WebhookFunction(this, 'Page', {
      handler: 'dashboard',
      description: 'cdk-webhooks: serves the dashboard',
      timeout: TIMEOUT,
      memorySize: props.memorySize,
      environment: {
        WEBHOOK_SERVICE: host.service,
        DASHBOARD: Stack.of(this).toJsonString(settingsOf(props, host.tenantPath, logo)),
      },
      copies: logo === undefined ? undefined : { [`site/${logo}`]: props.logo! },
      logRetention: props.logRetention ?? host.logRetention,
      removalPolicy: props.removalPolicy ?? host.removalPolicy,
    });
    this.function = page;

    // Every method, so that it is this function that says which work; the API's own routes stay as they are.
    const integration = new HttpLambdaIntegration('Integration', page);
    for (const [name, key] of [
      ['PageRoute', PATH],
      ['FilesRoute', `${PATH}/{proxy+}`],
    ] as const) {
      const route = new HttpRoute(this, name, {
        httpApi: props.api.httpApi,
        routeKey: HttpRouteKey.with(key, HttpMethod.ANY),
        integration,
      });
      Validations.of(route).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason:
          'The page is the same for everybody and contains no data. It reads what it shows from the API, with the ' +
          'token of a portal session.',
      });
    }
  }
}

/** As the function reads it: lambda/dashboard/settings.ts. */
function settingsOf(
  { name, primaryColor, language, subscriptions, accountSecret, frameAncestors }: WebhookDashboardProps,
  tenantPath: string,
  logo: string | undefined,
): object {
  return {
    version: 1,
    name: name.trim(),
    language: language ?? DashboardLanguage.ENGLISH,
    logo,
    primaryColor,
    tenantPath,
    subscriptions: subscriptions ?? true,
    accountSecret: accountSecret ?? true,
    frameAncestors: frameAncestors ?? [],
  };
}
