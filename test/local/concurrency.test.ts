import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readContext } from '../../bin/context';
import { PlatformStack } from '../../bin/platform-stack';
import { ACCOUNT_CONCURRENCY } from '../../local/emulator';

/** What MiniStack runs at once of a queue whose mapping does not say, and of a stream, which has one shard. */
const UNSET_CONCURRENCY = 5;
const STREAM_CONCURRENCY = 1;

interface Mapping {
  readonly StartingPosition?: string;
  readonly ScalingConfig?: { readonly MaximumConcurrency: number };
}

test('the embedded AWS runs as much at once as both local stacks may ask for, their APIs included', () => {
  const context = readContext(new App().node);
  const atOnce = context.stacks.map((platform) => {
    const template = Template.fromStack(new PlatformStack(new App(), platform, { platform, ...context }));
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).map(
      ({ Properties }) => Properties as Mapping,
    );
    const sources = mappings.map(({ StartingPosition, ScalingConfig }) =>
      StartingPosition === undefined ? (ScalingConfig?.MaximumConcurrency ?? UNSET_CONCURRENCY) : STREAM_CONCURRENCY,
    );
    const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage')).map(
      ({ Properties }) => Properties as { DefaultRouteSettings: { ThrottlingBurstLimit: number } },
    );
    return sources.reduce((sum, each) => sum + each, 0) + stage!.DefaultRouteSettings.ThrottlingBurstLimit;
  });
  expect(atOnce).toHaveLength(2);
  expect(atOnce.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(ACCOUNT_CONCURRENCY);
});
