import type { Node } from 'constructs';
import { RemovalPolicy } from 'aws-cdk-lib';
import { DashboardLanguage, EndpointPolicy } from '../lib';
import { type Platform, PLATFORMS } from './profiles';

/** What the app reads from its context. */
export interface AppContext {
  /** `stacks`: comma list of platforms. Default: all. */
  readonly stacks: readonly Platform[];
  /** `stage`: appended to the stacks' names, so that several live in one account. Default: none. */
  readonly suffix: string;
  /** `endpointPolicy`: `production` or `development`. Default: production. */
  readonly endpointPolicy: EndpointPolicy;
  /** `nameServers`: comma list of addresses that the endpoint guard asks. Default: the functions' own. */
  readonly nameServers?: string[];
  /** `language`: `en` or `uk`, in which the dashboards come up. Default: en. */
  readonly language: DashboardLanguage;
  /** `frameAncestors`: comma list of origins that may show the dashboards in a frame. Default: none. */
  readonly frameAncestors?: string[];
  /** `removalPolicy`: `retain` or `destroy`. Default: retain. */
  readonly removalPolicy: RemovalPolicy;
}

const POLICIES = { production: () => EndpointPolicy.production(), development: () => EndpointPolicy.development() };
const DASHBOARD_LANGUAGES = { en: DashboardLanguage.ENGLISH, uk: DashboardLanguage.UKRAINIAN };
const REMOVALS = { retain: RemovalPolicy.RETAIN, destroy: RemovalPolicy.DESTROY };

/** @throws Error naming the value that is wrong and those that are right */
export function readContext(node: Node): AppContext {
  const read = (name: string): string | undefined => {
    const value: unknown = node.tryGetContext(name);
    if (value !== undefined && typeof value !== 'string')
      throw new Error(`context "${name}" must be a text, not ${typeof value}`);
    return value;
  };
  const choice = <T>(name: string, choices: Record<string, T>, otherwise: string): T => {
    const value = read(name) ?? otherwise;
    const chosen = Object.hasOwn(choices, value) ? choices[value] : undefined;
    if (chosen === undefined)
      throw new Error(`context "${name}" is "${value}", it must be one of: ${Object.keys(choices).join(', ')}`);
    return chosen;
  };
  const known = Object.fromEntries(PLATFORMS.map((platform) => [platform, platform]));
  const stage = read('stage');
  if (stage !== undefined && !/^[A-Za-z0-9-]{1,30}$/.test(stage))
    throw new Error(`context "stage" is "${stage}", it must be 1 to 30 letters, digits and hyphens`);
  const stacks = (read('stacks') ?? PLATFORMS.join(',')).split(',').map((name) => {
    const platform = Object.hasOwn(known, name.trim()) ? known[name.trim()] : undefined;
    if (platform === undefined)
      throw new Error(`context "stacks" names "${name.trim()}", there are: ${PLATFORMS.join(', ')}`);
    return platform;
  });
  const nameServers = read('nameServers')?.split(',');
  const frameAncestors = read('frameAncestors')
    ?.split(',')
    .map((origin) => origin.trim());
  return {
    ...(nameServers !== undefined && { nameServers }),
    ...(frameAncestors !== undefined && { frameAncestors }),
    language: choice('language', DASHBOARD_LANGUAGES, 'en'),
    stacks: [...new Set(stacks)],
    suffix: stage === undefined ? '' : `-${stage}`,
    endpointPolicy: choice('endpointPolicy', POLICIES, 'production')(),
    removalPolicy: choice('removalPolicy', REMOVALS, 'retain'),
  };
}
