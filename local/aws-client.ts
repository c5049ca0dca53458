import type { LocalStack } from './stack-file';

/** What every SDK client needs to talk to the local stack, and to nothing else. */
export function clientConfig({ awsEndpointUrl, region }: Pick<LocalStack, 'awsEndpointUrl' | 'region'>) {
  return { endpoint: awsEndpointUrl, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}
