import { LogAuditTrail } from '../../../lambda/adapters/powertools/audit-trail';
import { InvocationMetrics } from '../../../lambda/adapters/powertools/observability';
import { MeasuredRequestLog } from '../../../lambda/adapters/powertools/request-log';
import { TENANT } from '../../builders/subscription';

const PREVIOUS = { ...process.env };
beforeEach(() => {
  process.env.POWERTOOLS_DEV = 'true'; // lines go to the test's console instead of a stream of their own
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
});
afterEach(() => {
  process.env = { ...PREVIOUS };
  jest.restoreAllMocks();
});

function lines(method: 'info' | 'log'): Record<string, unknown>[] {
  const seen: Record<string, unknown>[] = [];
  jest
    .spyOn(console, method)
    .mockImplementation(
      (...parts: unknown[]) => void seen.push(JSON.parse(String(parts[0])) as Record<string, unknown>),
    );
  return seen;
}

test('a change is one line of the log, whatever the level of the log is', () => {
  process.env.POWERTOOLS_LOG_LEVEL = 'ERROR';
  const seen = lines('info');
  new LogAuditTrail('webhooks').record({
    action: 'subscription.created',
    actor: 'operator:k1',
    tenantId: TENANT,
    resource: 'id',
  });
  expect(seen).toMatchObject([
    { message: 'audit', action: 'subscription.created', actor: 'operator:k1', tenant_id: TENANT, resource: 'id' },
  ]);
});

test.each([
  [200, 0, 0],
  [404, 1, 0],
  [503, 0, 1],
])('a request that was answered by %i is one line, and counted', (status, clientErrors, serverErrors) => {
  const [seen, figures] = [lines('info'), lines('log')];
  new MeasuredRequestLog('webhooks', new InvocationMetrics('webhooks')).record({
    requestId: 'r1',
    method: 'GET',
    route: '/api/v1/x',
    status,
    latencyMs: 3,
    actor: 'operator',
    tenant: TENANT,
  });
  expect(seen).toMatchObject([
    {
      message: 'request',
      request_id: 'r1',
      method: 'GET',
      route: '/api/v1/x',
      status,
      latency_ms: 3,
      actor: 'operator',
      tenant_id: TENANT,
    },
  ]);
  expect(figures).toMatchObject([{ Requests: 1, ClientErrors: clientErrors, ServerErrors: serverErrors }]);
});
