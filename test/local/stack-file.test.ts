import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployedStackFrom, readStackFile, stackNamed, writeStackFile, type LocalStack } from '../../local/stack-file';

const OUTPUTS = {
  EventQueueUrl: 'q',
  EventDeadLetterQueueUrl: 'd',
  DeliveryDeadLetterQueueUrl: 'e',
  SubscriptionsTable: 's',
  EventsTable: 'v',
  DeliveriesTable: 'l',
  RootKeySecret: 'r',
  DispatchFunction: 'f',
  DeliverFunction: 'g',
  ApiUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/api/v1',
  ApiId: 'abc',
  OperatorKeySecret: 'o',
  CountersTable: 'c',
  ApiFunction: 'h',
  RecoveryFunction: 'i',
  RecoveryQueueUrl: 'j',
  RecoveryDeadLetterQueueUrl: 'k',
  DashboardUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/portal',
  DashboardFunction: 'm',
  Thing: 'later',
};
const READ = {
  apiUrl: 'http://127.0.0.1:1/_aws/execute-api/abc/api/v1',
  dashboardUrl: 'http://127.0.0.1:1/_aws/execute-api/abc/portal',
  operatorApiKey: 'key',
};
const without = (outputs: Record<string, string>, name: string) =>
  Object.fromEntries(Object.entries(outputs).filter(([one]) => one !== name));
const local: LocalStack = {
  awsEndpointUrl: 'http://127.0.0.1:1',
  region: 'us-east-1',
  clockFile: '/clock',
  stacks: { leapocr: deployedStackFrom(OUTPUTS, READ) },
};

describe('.local/stack.json', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stack-file-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('names what the stack deployed, in camel case, outputs of later versions too', () => {
    expect(deployedStackFrom(OUTPUTS, READ)).toMatchObject({
      eventQueueUrl: 'q',
      deliveryDeadLetterQueueUrl: 'e',
      subscriptionsTable: 's',
      recoveryQueueUrl: 'j',
      thing: 'later',
    });
  });

  test('says where the API is on this machine, not what AWS calls it, and with which key it is called', () => {
    expect(deployedStackFrom(OUTPUTS, READ)).toMatchObject(READ);
  });

  test('a missing output is named', () => {
    expect(() => deployedStackFrom(without(OUTPUTS, 'EventsTable'), READ)).toThrow('no output for eventsTable');
  });

  test('is read as it was written, and no draft is left beside it', () => {
    const file = join(folder, 'deep', 'stack.json');
    writeStackFile(local, file);
    expect(readStackFile(file)).toEqual(local);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['stack.json']);
  });

  test('its absence says how to start a local stack', () => {
    expect(() => readStackFile(join(folder, 'none.json'))).toThrow(
      'No local stack is running. Start one: npm start -- --detach',
    );
  });

  test('an unknown stack is refused with those there are', () => {
    expect(() => stackNamed(local, 'rekognita')).toThrow(
      'There is no stack "rekognita" in the running local stack; there is leapocr.',
    );
  });
});
