import { setUp, T } from './harness';
test('x', async () => {
  const h = setUp();
  const a = await h.call('POST', `${T}/webhooks`, { body: { url: 'https://hooks.example.com/x', events: ['job.completed'], headers: { 'x-a': 'v' } } });
  console.log(a, h.lines, h.audit, h.log.lines);
  console.log(await h.call('GET', `${T}/webhooks`, { query: 'limit=5&enabled=true' }));
  console.log(await h.call('POST', `${T}/webhooks`, { body: { url: 1, x: 3, events: [1] } }));
  console.log(await h.call('PATCH', `${T}/webhooks`, { body: { url: 1, x: 3, events: [1] } }));
  console.log(await h.call('HEAD', `${T}/webhooks`, {}));
  const d = await h.call('GET', `/openapi.json`, {});
  require('fs').writeFileSync('/tmp/openapi.json', JSON.stringify(d.json, null, 1));
  console.log(await h.call('POST', `/portal-sessions`, { body: { tenant_id: 'org_1/team_1' }}));
});
