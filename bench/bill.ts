/**
 * The whole bill: what deliveries cost beside requests, units and compute, what a stack costs while nothing happens,
 * and both together for a month.
 */
import { type Platform, PLATFORMS } from '../bin/profiles';
import { type FloorLine, stackFacts, type StackFacts } from './bill-stack';
import { MILLION, measuredScenarios, perDelivery, priced, SCENARIOS, type ScenarioName } from './cost';
import type { Scenario, ScenarioBill } from './load-metered';
import { INVOCATION_LOG_BYTES, MONTH_DAYS, PRICES, STORED_ITEM_BYTES } from './prices';
import { machine, rounded, type Section } from './section';

const BILLED: readonly ScenarioName[] = [
  'full batches, 1 KiB, fan-out 1',
  'each event of another tenant',
  'batches of one',
  '64 KiB',
  '20 % retried',
  '5 % failed',
  '64 KiB that nothing compresses, batches of one, 20 % retried',
  'events that name their URL',
  'events that name their URL, batches of one',
];
/** Between which a month lies: what comes in bursts fills batches, what comes evenly does not. */
const MONTHS: Readonly<Record<Platform, { readonly full: ScenarioName; readonly alone: ScenarioName }>> = {
  leapocr: { full: 'full batches, 1 KiB, fan-out 1', alone: 'batches of one' },
  rekognita: { full: 'events that name their URL', alone: 'events that name their URL, batches of one' },
};
const MILLIONS_A_MONTH = [1, 10, 100];
const NAMES: Readonly<Record<Platform, string>> = { leapocr: 'LeapOCR', rekognita: 'Rekognita' };

/**
 * What TLS and TCP add to a request, assumed: two TLS 1.3 records of 22 bytes (RFC 8446, 5.2) for up to 16 KiB and one
 * for each 16 KiB more; 40 bytes of headers for each packet of 1,460 bytes, and two packets that only acknowledge; and
 * a handshake, of which the client sends about 1,000 bytes, for each batch: sockets are kept alive between batches
 * where they follow closely.
 */
const TLS_RECORD_BYTES = 22;
const TLS_RECORD_MAX_BYTES = 16 * 1024;
const PACKET_BYTES = 1460;
const PACKET_HEADER_BYTES = 40;
const HANDSHAKE_BYTES = 1_000;

/**
 * @param httpBytes of one request, head and body
 * @param attempts that share a handshake
 * @returns bytes that leave for it
 */
export function bytesOut(httpBytes: number, attempts: number): number {
  const records = 1 + Math.ceil(httpBytes / TLS_RECORD_MAX_BYTES);
  const encrypted = httpBytes + records * TLS_RECORD_BYTES;
  return encrypted + (Math.ceil(encrypted / PACKET_BYTES) + 2) * PACKET_HEADER_BYTES + HANDSHAKE_BYTES / attempts;
}

/** Dollars for a million deliveries. */
export type WholeBill = Readonly<
  Record<'use' | 'logs' | 'storage' | 'backups' | 'objects' | 'dataOut' | 'all', number>
>;

export function wholeBill(
  measured: ScenarioBill,
  { batch, fanOut }: Pick<Scenario, 'batch' | 'fanOut'>,
  { kept }: Pick<StackFacts, 'kept'>,
): WholeBill {
  const { deliveries, attempts, storedBytes, sentBytes } = measured;
  const { total: use, logs: taken } = priced(measured);
  const sum = (amount: Parameters<typeof perDelivery>[1]): number => MILLION * perDelivery(measured, amount);
  const gbMonths = (bytes: number, days: number): number => (MILLION * bytes * days) / MONTH_DAYS / 1e9;
  const failures =
    storedBytes.failure === 0 ? 0 : (measured.failures / deliveries) * (storedBytes.failure + STORED_ITEM_BYTES);
  const events = gbMonths((storedBytes.event + STORED_ITEM_BYTES) / fanOut, kept.eventDays);
  const records = gbMonths(storedBytes.delivery + STORED_ITEM_BYTES, kept.deliveryDays);
  const logBytes = sum(({ logBytes: bytes, invocations }) => bytes + invocations * INVOCATION_LOG_BYTES);
  const parts = {
    use,
    logs: taken + (logBytes / 1e9) * PRICES.logStorageGbMonth,
    storage: (events + records + gbMonths(failures, kept.deliveryDays)) * PRICES.dynamoStorageGbMonth,
    backups:
      ((kept.eventsBackedUp ? events : 0) + (kept.deliveriesBackedUp ? records : 0)) * PRICES.dynamoBackupGbMonth,
    objects: (sum(({ s3Bytes }) => s3Bytes) / 1e9) * (kept.objectDays / MONTH_DAYS) * PRICES.s3StorageGbMonth,
    dataOut: ((MILLION * (attempts / deliveries) * bytesOut(sentBytes / attempts, batch)) / 1e9) * PRICES.dataOutGb,
  };
  return { ...parts, all: Object.values(parts).reduce((total, part) => total + part, 0) };
}

export function floorDollars(floor: readonly FloorLine[]): number {
  return floor.reduce((total, { dollars }) => total + dollars, 0);
}

const cell = (dollars: number): string => dollars.toFixed(2);
const roundedAll = (dollars: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(dollars).map(([name, value]) => [name, rounded(value, 4)]));

export async function bill(): Promise<Section[]> {
  const stacks = Object.fromEntries(PLATFORMS.map((platform) => [platform, stackFacts(platform)])) as Record<
    Platform,
    StackFacts
  >;
  const measured = await measuredScenarios(BILLED);
  const bills = new Map(
    [...measured].map(([name, each]) => {
      const scenario: Scenario = SCENARIOS[name];
      return [name, wholeBill(each, scenario, stacks[scenario.platform ?? 'leapocr'])];
    }),
  );
  const months = PLATFORMS.flatMap((platform) =>
    MILLIONS_A_MONTH.flatMap((millions) =>
      (['full', 'alone'] as const).map((shape) => {
        const { floor, metrics } = stacks[platform];
        const parts = {
          floor: floorDollars(floor),
          metrics: metrics.length * PRICES.metricMonth,
          deliveries: millions * bills.get(MONTHS[platform][shape])!.all,
        };
        const all = parts.floor + parts.metrics + parts.deliveries;
        return { platform, millions, shape, ...roundedAll({ ...parts, all, perMillion: all / millions }) } as {
          platform: Platform;
          millions: number;
          shape: 'full' | 'alone';
        } & Record<'floor' | 'metrics' | 'deliveries' | 'all' | 'perMillion', number>;
      }),
    ),
  );
  const facts = { prices: PRICES, ...machine() };
  const lines = [...new Set(PLATFORMS.flatMap((platform) => stacks[platform].floor.map(({ what }) => what)))];
  const inFloor = (platform: Platform, what: string): string[] => {
    const line = stacks[platform].floor.find((each) => each.what === what);
    return line === undefined ? ['0', cell(0)] : [String(line.count), cell(line.dollars)];
  };
  return [
    {
      name: 'bill',
      title: 'The whole bill of a million deliveries, in dollars',
      table: [
        ['', 'requests, units, compute', 'logs', 'storage', 'backups', 'S3', 'data out', 'all'],
        ...[...bills].map(([name, { use, logs, storage, backups, objects, dataOut, all }]) => [
          name,
          ...[use, logs, storage, backups, objects, dataOut, all].map(cell),
        ]),
      ],
      json: {
        ...facts,
        kept: Object.fromEntries(PLATFORMS.map((platform) => [platform, stacks[platform].kept])),
        results: [...bills].map(([scenario, dollars]) => ({
          scenario,
          storedBytes: measured.get(scenario)!.storedBytes,
          dollars: roundedAll(dollars),
        })),
      },
    },
    {
      name: 'bill-floor',
      title: 'A month of a stack in which nothing happens, in dollars',
      table: [
        ['', ...PLATFORMS.flatMap((platform) => [NAMES[platform], 'dollars'])],
        ...lines.map((what) => [what, ...PLATFORMS.flatMap((platform) => inFloor(platform, what))]),
        ['in all', ...PLATFORMS.flatMap((platform) => ['', cell(floorDollars(stacks[platform].floor))])],
        [
          'with traffic every hour: custom metrics',
          ...PLATFORMS.flatMap((platform) => [
            String(stacks[platform].metrics.length),
            cell(stacks[platform].metrics.length * PRICES.metricMonth),
          ]),
        ],
      ],
      json: { ...facts, stacks },
    },
    {
      name: 'bill-month',
      title: 'A month of deliveries, in dollars',
      table: [
        ['', 'millions', 'floor', 'metrics', 'deliveries', 'all', 'a million'],
        ...months.map(({ platform, millions, shape, floor, metrics, deliveries, all, perMillion }) => [
          `${NAMES[platform]}, ${shape === 'full' ? 'full batches' : 'batches of one'}`,
          String(millions),
          ...[floor, metrics, deliveries, all, perMillion].map(cell),
        ]),
      ],
      json: { ...facts, months },
    },
  ];
}
