/** The examples as CloudFormation sees them: what the embedded AWS does not enforce. */
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { LeapOcrCustomerStack } from '../../../examples/leapocr-customer/leapocr-customer-stack';
import { DocumentApiStack } from '../../../examples/rekognita-document-api/document-api-stack';
import { actionsOf } from '../../lib/template';

const CONSUME = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];
const READ_SECRET = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];

const documentApi = Template.fromStack(new DocumentApiStack(new App(), 'Documents'));
const customer = Template.fromStack(new LeapOcrCustomerStack(new App(), 'Customer'));

test('what the functions of the document API may do', () => {
  expect(actionsOf(documentApi, 'DocumentsFunctionServiceRole')).toEqual({
    ApiKeys: ['dynamodb:GetItem'],
    Documents: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    'Files/*': ['s3:PutObject'],
    Recognition: ['sqs:SendMessage'],
    WebhookApiOperatorKey: READ_SECRET,
  });
  expect(actionsOf(documentApi, 'RecognizerFunctionServiceRole')).toEqual({
    Documents: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    'Files/*': ['s3:GetObject'],
    Recognition: CONSUME,
    WebhooksEventQueue: ['sqs:SendMessage'],
  });
});

test('what the consumer of the customer may do', () => {
  expect(actionsOf(customer, 'ConsumerServiceRole')).toEqual({
    ApiKey: READ_SECRET,
    JobDeadLetters: ['sqs:SendMessage'],
    JobEvents: CONSUME,
    Jobs: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    'Results/*': ['s3:PutObject'],
  });
});

test.each([
  ['document API', documentApi, 'Recognition', 5, 720],
  ['customer', customer, 'JobEvents', 10, 720],
])(
  'the queue of the %s: what cannot be worked off is bounded, and longer in hand than its function may run',
  (_what, template, name, maxReceiveCount, VisibilityTimeout) => {
    const queues = Object.entries(
      template.findResources('AWS::SQS::Queue', {
        Properties: { VisibilityTimeout, RedrivePolicy: { maxReceiveCount } },
      }),
    );
    expect(queues.map(([id]) => id.slice(0, -8))).toContain(name);
  },
);

test.each([
  ['document API', documentApi],
  ['customer', customer],
])('what the %s keeps outlives its stack, unless said otherwise', (_what, template) => {
  for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SQS::Queue'])
    template.allResources(type, { DeletionPolicy: Match.not('Delete') });
  template.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
});
