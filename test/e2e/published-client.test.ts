/** LeapOCR's published client against the deployed stack: its host is set, nothing else of it changed. */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventMessage } from '../builders/event';
import { Platform } from './platform';
import { MAKING_PYTHON_ENVIRONMENT_MS, pythonEnvironment } from '../python/environment';
import { Receiver } from './receiver';

const platform = new Platform('leapocr');
const receiver = new Receiver();
let python: string;

beforeAll(async () => {
  python = join(await pythonEnvironment('leapocr'), 'python');
  await receiver.listen();
}, MAKING_PYTHON_ENVIRONMENT_MS);
afterAll(() => receiver.close());

test('all its webhook calls', async () => {
  const tenant = platform.newTenant();
  const [organizationId, teamId] = tenant.split('/') as [string, string];
  const client = spawn(python, [join(__dirname, 'published_client.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the client ended early; what it said is above');
    return JSON.parse(value) as Record<string, Record<string, unknown>>;
  };
  const settings = {
    host: platform.stack.apiUrl,
    api_key: platform.stack.operatorApiKey,
    organization_id: organizationId,
    team_id: teamId,
    url: receiver.url('/client'),
    other_url: receiver.url('/other'),
  };
  client.stdin.write(`${JSON.stringify(settings)}\n`);

  const { subscription_id: id, secret } = (await nextLine()) as unknown as { subscription_id: string; secret: string };
  await platform.publish([eventMessage({ tenant_id: tenant, event_id: 'evt_published' })]);
  await platform.recorded(tenant, 1);
  client.stdin.end('\n');
  const results = await nextLine();
  await once(client, 'close');

  expect(results.event_types).toEqual({ event_types: ['job.created', 'job.started', 'job.completed', 'job.failed'] });
  expect(secret).toMatch(/^whsec_/);
  expect(results.created).toMatchObject({
    id,
    secret,
    url: settings.url,
    events: ['job.completed', 'job.failed'],
    description: 'published client',
    enabled: true,
    failure_count: 0,
    organization_id: organizationId,
    team_id: teamId,
  });
  const { secret: _shownOnce, ...shown } = results.created!;
  expect(results.read).toEqual({ ...shown });
  expect(results.listed).toMatchObject({ data: [{ id }], has_more: false });
  expect((results.listed!.data as object[])[0]).not.toHaveProperty('secret', expect.any(String));
  expect(results.listed_disabled).toMatchObject({ data: [] });
  expect(results.tested).toMatchObject({ success: true, event_type: 'webhook.test', http_status: 200 });
  expect(results.health).toMatchObject({ healthy: true, reachable: true });
  expect(results.events).toMatchObject({
    data: [
      {
        event_id: 'evt_published',
        event_type: 'job.completed',
        http_status: 200,
        processing_status: 'delivered',
        processing_attempts: 1,
        webhook_url: settings.url,
      },
    ],
  });
  expect(results.payload).toMatchObject({
    event_id: 'evt_published',
    event_type: 'job.completed',
    enriched: false,
    payload: { event_type: 'job.completed' },
  });
  expect(results.payload_by_id).toEqual(results.payload);
  expect(results.updated).toMatchObject({
    id,
    url: settings.other_url,
    events: ['job.completed'],
    enabled: false,
    description: 'published client',
  });
  expect(results.regenerated!.secret).toMatch(/^whsec_/);
  expect(results.regenerated!.secret).not.toBe(secret);
  expect(results.gone).toMatchObject({
    status: 404,
    body: { code: 'NOT_FOUND', error: { message: expect.any(String) as string } },
  });
  expect(results.refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });

  const [testEvent, , delivery] = receiver.arrivals;
  expect(testEvent!.headers['x-r2-signature']).toBe(createHmac('sha256', secret).update(testEvent!.body).digest('hex'));
  expect(delivery!.headers['webhook-id']).toBe('evt_published');
}, 60_000);
