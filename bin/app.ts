#!/usr/bin/env node
/**
 * The deployable app: `npx cdk deploy` makes the stacks that the context names, in the account and region of the
 * current credentials.
 *
 * Context (`-c name=value`), each optional: see "Deploy" in docs/getting-started.md.
 */
import { App } from 'aws-cdk-lib';
import { readContext } from './context';
import { PlatformStack } from './platform-stack';

const app = new App();
const context = readContext(app.node);
for (const platform of context.stacks)
  new PlatformStack(app, `cdk-webhooks-${platform}${context.suffix}`, { platform, ...context });
