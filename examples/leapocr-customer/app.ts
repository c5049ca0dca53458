/**
 * `npx cdk deploy` makes the receiver and the consumer; with `-c leapOcrUrl=http://127.0.0.1:9000`, for another API
 * than LeapOCR's own, such as a stub of it.
 */
import { App, RemovalPolicy } from 'aws-cdk-lib';
import { LeapOcrCustomerStack } from './leapocr-customer-stack';

const app = new App();

new LeapOcrCustomerStack(app, 'leapocr-customer', {
  leapOcrUrl: app.node.tryGetContext('leapOcrUrl') as string | undefined,
  removalPolicy: app.node.tryGetContext('local') === undefined ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
});
