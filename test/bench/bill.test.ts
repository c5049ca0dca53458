/** The bill is counted from templates and measured figures: these hold the counting. */
import { PLATFORMS } from '../../bin/profiles';
import { bytesOut, wholeBill } from '../../bench/bill';
import { idleFloor, metricNames, type Resources, stackFacts } from '../../bench/bill-stack';
import { metered } from './scenario-bill';

const QUEUE = { Type: 'AWS::SQS::Queue' };
const source = (EventSourceArn: unknown, more: object = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn, ...more },
});
const dollars = (resources: Resources) =>
  Object.fromEntries(idleFloor(resources).map((line) => [line.what, [line.count, line.dollars]]));

describe('the floor of a stack', () => {
  test('is what bills while nothing happens, and not what bills by use', () => {
    expect(
      dollars({
        Queue: QUEUE,
        Table: { Type: 'AWS::DynamoDB::Table' },
        First: source({ 'Fn::GetAtt': ['Queue', 'Arn'] }),
        Second: source({ 'Fn::GetAtt': ['Queue', 'Arn'] }),
        Stream: source({ 'Fn::GetAtt': ['Table', 'StreamArn'] }),
        Secret: { Type: 'AWS::SecretsManager::Secret' },
        Key: { Type: 'AWS::KMS::Key' },
        Dashboard: { Type: 'AWS::CloudWatch::Dashboard' },
        Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'M' } },
        Expression: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            Metrics: [
              { Id: 'e', Expression: 'a / b' },
              { Id: 'a', MetricStat: {} },
              { Id: 'b', MetricStat: {} },
            ],
          },
        },
      }),
    ).toEqual({
      'queues that functions poll': [2, 0.52],
      'streams that functions poll': [1, 0],
      secrets: [1, 0.4],
      'keys of KMS': [1, 1],
      dashboards: [1, 3],
      "alarms' metrics": [3, expect.closeTo(0.3)],
    });
  });

  test.each<[string, Resources, RegExp]>([
    [
      'a type of resource',
      { Broker: { Type: 'AWS::AmazonMQ::Broker' } },
      /Broker of type AWS::AmazonMQ::Broker .* is not known/,
    ],
    ['an event source', { Stream: source('arn:aws:kinesis:us-east-1:1:stream/s') }, /kinesis/],
    [
      'a poller',
      {
        Queue: QUEUE,
        Mapping: source({ 'Fn::GetAtt': ['Queue', 'Arn'] }, { ProvisionedPollerConfig: { MinimumPollers: 2 } }),
      },
      /provisioned pollers/,
    ],
  ])('cannot be told of %s that is not known', (_what, resources, message) => {
    expect(() => idleFloor(resources)).toThrow(message);
  });
});

test.each(PLATFORMS)(
  'every resource of the stack of %s has its price, and each of its functions but the dashboard has metrics',
  (platform) => {
    const { floor, metrics, kept } = stackFacts(platform);
    expect(floor.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['queues that functions poll', 'secrets', "alarms' metrics"]),
    );
    expect(metrics).toEqual(
      expect.arrayContaining([
        'EventsAccepted',
        'DeliveriesSucceeded',
        'AttemptLatency',
        'WaitsPassedOn',
        'Requests',
        'DeliveriesReplayed',
        'FiguresWritten',
      ]),
    );
    expect(metrics).not.toContain('WebhooksReceived'); // the receiver is no part of the stack
    expect(kept.eventDays).toBeGreaterThanOrEqual(30);
    expect(kept.objectDays).toBeGreaterThanOrEqual(kept.eventDays);
  },
);

test('metrics are found in minified code, each once', () => {
  expect(
    metricNames('m.count("EventsAccepted",a).count("EventsAccepted",b).latencies("AttemptLatency",c);x.count("lower")'),
  ).toEqual(['EventsAccepted', 'AttemptLatency']);
});

describe('the whole bill', () => {
  const kept = { eventDays: 30, deliveryDays: 30, objectDays: 30, eventsBackedUp: true, deliveriesBackedUp: false };
  const scenario = { batch: 10, fanOut: 1 };

  test('counts storage of items with their overhead and retention, and backups of the tables that have them', () => {
    const { storage, backups } = wholeBill(
      metered({ storedBytes: { event: 900, delivery: 400, failure: 0 } }),
      scenario,
      { kept },
    );
    const month = 30 / (365 / 12);
    expect(storage).toBeCloseTo(1.5 * month * 0.25, 6); // GB a million
    expect(backups).toBeCloseTo(1 * month * 0.2, 6);
    const shared = wholeBill(
      metered({ storedBytes: { event: 900, delivery: 400, failure: 0 } }),
      { ...scenario, fanOut: 10 },
      { kept },
    );
    expect(shared.storage).toBeCloseTo(0.6 * month * 0.25, 6);
  });

  test('has what the index holds of failures, too', () => {
    const without = wholeBill(metered({}), scenario, { kept });
    const with5 = wholeBill(
      metered({ failures: 5, storedBytes: { event: 700, delivery: 250, failure: 100 } }),
      scenario,
      { kept },
    );
    expect(with5.storage - without.storage).toBeCloseTo(0.05 * 0.2 * (30 / (365 / 12)) * 0.25, 6);
  });

  test('has the lines that Lambda logs of each invocation', () => {
    const { logs } = wholeBill(metered({ invocations: 10 }), scenario, { kept }); // of 100 deliveries: 27 bytes each
    expect(logs).toBeCloseTo(0.027 * 0.53, 6);
  });

  test('is the sum of its parts', () => {
    const { all, ...parts } = wholeBill(metered({ invocations: 10, failures: 5 }), scenario, { kept });
    expect(all).toBeCloseTo(
      Object.values(parts).reduce((sum, part) => sum + part, 0),
      9,
    );
  });

  test('takes a request for more than its bytes: TLS, packets, and a share of a handshake', () => {
    expect(bytesOut(1_400, 10)).toBe(1_400 + 2 * 22 + 3 * 40 + 100);
    expect(bytesOut(1_400, 1) - bytesOut(1_400, 10)).toBe(900);
    expect(bytesOut(65_000, 1)).toBe(65_000 + 5 * 22 + 47 * 40 + 1_000);
  });
});
