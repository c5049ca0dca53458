/**
 * `npx cdk deploy` makes the document API in the account and region of the current credentials; with
 * `-c local=http://127.0.0.1:4566`, on the embedded AWS there.
 */
import { App, RemovalPolicy } from 'aws-cdk-lib';
import { EndpointPolicy } from 'cdk-webhooks';
import { DocumentApiStack } from './document-api-stack';

const app = new App();
const local = app.node.tryGetContext('local') as string | undefined;

new DocumentApiStack(
  app,
  'rekognita-document-api',
  local === undefined
    ? {}
    : {
        endpointPolicy: EndpointPolicy.development(),
        removalPolicy: RemovalPolicy.DESTROY,
        executeApiUrl: `${local}/_aws/execute-api`,
      },
);
