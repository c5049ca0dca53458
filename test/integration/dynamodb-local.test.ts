import { dynamoDbContracts } from './dynamodb-contracts';
import { dynamoDbLocal } from './dynamodb-local/availability';

const local = dynamoDbLocal();

switch (local.kind) {
  case 'running':
    describe('on DynamoDB Local', () => {
      dynamoDbContracts(local.endpoint);
    });
    break;
  case 'broken':
    test('DynamoDB Local starts', () => {
      throw new Error(local.reason);
    });
    break;
  case 'missing':
    test.skip(local.notice, () => undefined);
    break;
}
