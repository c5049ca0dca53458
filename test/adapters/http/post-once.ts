/**
 * A process of its own that POSTs once and prints the result: for what Node reads at its start, such as
 * NODE_EXTRA_CA_CERTS.
 */
import { EndpointClient } from '../../../lambda/adapters/http/endpoint-client';

const [, , url = '', name = ''] = process.argv;
const { port } = new URL(url);

const resolver = { resolve: () => Promise.resolve(['127.0.0.1']) };
const client = new EndpointClient({ policy: { kind: 'development' }, resolver });
void client
  .post({ tenantId: 'org_1', url: `https://${name}:${port}/`, headers: {}, body: Buffer.from('{}') }, 5000)
  .then((result) => {
    process.stdout.write(JSON.stringify(result));
    client.close();
  });
