import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORMS } from '../../../bin/profiles';
import { openApiOf } from '../../../build/openapi';
import { ACCESS, type Rule } from '../../../lambda/api/auth/access';
import { API_PREFIX } from '../../../lambda/api/http/operation';
import type { Scope } from '../../../lambda/api/auth/principal';
import { CATALOG, setUp } from '../harness';

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: string[];
  readonly security: object[];
  readonly responses: Record<
    string,
    { $ref?: string; content?: Record<string, { schema: object; example?: unknown }> }
  >;
  readonly requestBody?: { content: Record<string, { schema: object; example?: unknown }> };
}

interface Document {
  readonly openapi: string;
  readonly servers: { url: string }[];
  readonly paths: Record<string, Record<string, Described>>;
  readonly webhooks: Record<string, { post: Described & { parameters: { name: string; required: boolean }[] } }>;
  readonly components: { schemas: Record<string, { additionalProperties?: unknown }> };
}

const api = setUp();
const described = ({ paths }: Document) => Object.values(paths).flatMap((methods) => Object.values(methods));
let document: Document;
beforeAll(async () => {
  const { json, headers } = await api.call('GET', '/openapi.json', { key: null });
  expect(headers['cache-control']).toBe('public, max-age=300');
  document = json as Document;
});

test('the document is OpenAPI 3.1, of the paths after the prefix', () => {
  expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: API_PREFIX }] });
});

test('it has every operation, each with all that it may be answered by', () => {
  const operations = described(document);
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(ACCESS).sort());
  for (const { operationId, summary, description, tags, security, responses } of operations) {
    const rule = ACCESS[operationId as keyof typeof ACCESS] as Rule;
    const statuses = Object.keys(responses);
    expect({
      operationId,
      tags: tags.length,
      summary: summary !== '',
      description: description.includes('Who may: '),
      secured: security.length > 0,
    }).toEqual({ operationId, tags: 1, summary: true, description: true, secured: rule !== 'anyone' });
    expect(statuses).toEqual(
      expect.arrayContaining(['400', '429', '500', ...(rule === 'anyone' ? [] : ['401', '503'])]),
    );
    expect({ operationId, forbidden: statuses.includes('403') }).toEqual({
      operationId,
      forbidden: rule !== 'anyone' && rule !== 'principal',
    });
  }
});

test('every body has an example, and takes no field that it does not know', () => {
  for (const { operationId, requestBody, responses } of described(document)) {
    for (const media of [
      requestBody?.content['application/json'],
      ...Object.entries(responses).map(([status, { content }]) =>
        status.startsWith('2') ? content?.['application/json'] : undefined,
      ),
    ]) {
      if (media !== undefined)
        expect({ operationId, example: typeof media.example }).toEqual({ operationId, example: 'object' });
    }
  }
  for (const name of [
    'CreateWebhook',
    'CheckUrl',
    'UpdateWebhook',
    'Overlap',
    'TestWebhook',
    'StartRecovery',
    'SetPlan',
    'CreatePortalSession',
    'Event',
    'EventBatch',
  ])
    expect(document.components.schemas[name]).toMatchObject({ additionalProperties: false });
});

test('it tells what a webhook gets of every event type, with schema, example and headers', () => {
  expect(Object.keys(document.webhooks)).toEqual(CATALOG.eventTypes.map(({ name }) => name));
  const { post } = document.webhooks['job.completed']!;
  expect(post.requestBody?.content['application/json']).toEqual({
    schema: CATALOG.eventTypes[0]!.schema,
    example: CATALOG.eventTypes[0]!.example,
  });
  expect(post.parameters.map(({ name }) => name)).toEqual([
    'user-agent',
    'X-R2-Signature',
    'X-Webhook-Timestamp',
    'X-Webhook-Signature',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
  ]);
});

test.each(PLATFORMS)('it is written for %s', (platform) => {
  const { paths, webhooks } = JSON.parse(openApiOf(platform)) as Document;
  expect(Object.keys(webhooks).length).toBeGreaterThan(0);
  expect(
    Object.keys(paths).some((path) =>
      path.startsWith(
        platform === 'leapocr'
          ? '/organizations/{organization_id}/teams/{team_id}/webhooks'
          : '/tenants/{tenant_id}/webhooks',
      ),
    ),
  ).toBe(true);
});

describe('docs/api.md', () => {
  const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'api.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(GET|POST|PUT|DELETE) ([^`]+)` \|([^|]*)\|[^|]*\|([^|]*)\|/gm)].map(
    ([, method = '', path = '', who = '', answer = '']) => ({
      method,
      path,
      who: who.trim(),
      status: Number.parseInt(answer, 10),
    }),
  );
  const WORDS: Record<Scope, string> = {
    'webhooks:read': 'read',
    'webhooks:write': 'write',
    'webhooks:secrets': 'secrets',
    'events:write': 'events',
  };
  const inTheTable = (rule: Rule) =>
    typeof rule === 'string'
      ? { anyone: 'anyone', principal: 'any credential', operator: 'platform' }[rule]
      : rule.map((scope) => WORDS[scope]).join(' and ');

  test('has every operation in its table, who may, and what a success is', () => {
    const operations = api.operations.map(({ id, method, path, tenant, success: { status } }) => ({
      method: method.toUpperCase(),
      path: tenant === undefined ? path : path.replace(tenant.path, 'T'),
      who: inTheTable(ACCESS[id]),
      status,
    }));
    const sorted = (all: typeof rows) => all.map((row) => JSON.stringify(row)).sort();
    expect(sorted(rows)).toEqual(sorted(operations));
  });

  test('has every parameter and field of every request', () => {
    for (const operation of api.operations) {
      const path = operation.tenant === undefined ? operation.path : operation.path.replace(operation.tenant.path, 'T');
      const row = page.split('\n').find((line) => line.startsWith(`| \`${operation.method.toUpperCase()} ${path}\``))!;
      const fields =
        operation.body?.kind === 'json' && 'shape' in operation.body.schema
          ? Object.keys(operation.body.schema.shape as object)
          : [];
      for (const name of [...Object.keys(operation.query.shape), ...fields])
        expect({
          operation: operation.id,
          name,
          there: row.includes(`\`${name}\``) || row.includes(`\`${name}?\``),
        }).toEqual({ operation: operation.id, name, there: true });
    }
  });
});
